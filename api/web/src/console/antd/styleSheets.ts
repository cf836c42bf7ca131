/**
 * Where antd's styles go. antd writes style elements, which the page's policy (style-src 'self') forbids; this module
 * stands in for the one of @rc-component/util that does so (see vite.config.ts), and keeps the same texts in constructed
 * style sheets, which the policy leaves alone as it does the rest of the CSSOM.
 */

interface Options {
  /** "queue" and true: before what is appended. */
  prepend?: boolean | 'queue';
  /** Within what is prepended, lower ones come first. */
  priority?: number;
}

interface Held {
  key: string;
  css: string;
  sheet: CSSStyleSheet;
  /** Where it stands: sheets are kept in ascending order of it, equal ones in the order of their coming. */
  rank: number;
}

const held: Held[] = [];

function rankOf({ prepend, priority = 0 }: Options): number {
  if (prepend === 'queue') return priority;
  return prepend ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** Sets the text that is known by a key, and puts it in its place when it is new. */
export function updateCSS(css: string, key: string, options: Options = {}): HTMLStyleElement {
  const known = held.find((one) => one.key === key);
  if (known && known.css !== css) {
    known.css = css;
    known.sheet.replaceSync(css);
  } else if (!known) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    const rank = rankOf(options);
    const after = held.findIndex((one) => one.rank > rank);
    const at = after < 0 ? held.length : after;
    // The document may hold sheets of others in front.
    const before = document.adoptedStyleSheets.length - held.length;
    held.splice(at, 0, { key, css, sheet, rank });
    document.adoptedStyleSheets.splice(before + at, 0, sheet);
  }
  // Callers put marks on the element that they believe to have made.
  return document.createElement('style');
}

/** Takes away the text that is known by a key. */
export function removeCSS(key: string): void {
  const at = held.findIndex((one) => one.key === key);
  if (at < 0) return;
  for (const { sheet } of held.splice(at, 1)) {
    document.adoptedStyleSheets.splice(document.adoptedStyleSheets.indexOf(sheet), 1);
  }
}

export function injectCSS(css: string, options: Options = {}): HTMLStyleElement {
  return updateCSS(css, css, options);
}

export function clearContainerCache(): void {}
