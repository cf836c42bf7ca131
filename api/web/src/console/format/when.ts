import type { Language } from '../../format/number';

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(language: Language, seconds: boolean): Intl.DateTimeFormat {
  const key = `${language} ${seconds}`;
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    timeZone: 'Asia/Shanghai',
    year: 'numeric',
    month: language === 'zh' ? '2-digit' : 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {}),
    hourCycle: 'h23',
  });
  formats.set(key, made);
  return made;
}

/** An instant in China's time, to the minute or to the second. */
export function when(instant: string, language: Language, seconds = false): string {
  const date = new Date(instant);
  return Number.isNaN(date.getTime()) ? instant : formatOf(language, seconds).format(date);
}
