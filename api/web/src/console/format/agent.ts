/** Browsers and systems by a word of what they call themselves; the first that fits holds. */
const browsers: readonly [RegExp, string][] = [
  [/MicroMessenger/, '微信 WeChat'],
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/QQBrowser/, 'QQ'],
  [/Firefox|FxiOS/, 'Firefox'],
  [/Chrome|CriOS/, 'Chrome'],
  [/Safari/, 'Safari'],
];
const systems: readonly [RegExp, string][] = [
  [/HarmonyOS|OpenHarmony/, 'HarmonyOS'],
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/Linux/, 'Linux'],
];

/** What a browser calls itself, short: "Chrome · Android". A text that says nothing known comes back, cut. */
export function agentName(agent: string): string {
  const find = (names: readonly [RegExp, string][]) => names.find(([word]) => word.test(agent))?.[1];
  const known = [find(browsers), find(systems)].filter((name) => name !== undefined);
  if (known.length > 0) return known.join(' · ');
  return agent.length > 40 ? `${agent.slice(0, 40)}…` : agent;
}
