import { beforeEach, expect, test } from 'vitest';
import { removeCSS, updateCSS } from './styleSheets';

/** The texts that the document shows, in the order of the cascade. */
function texts(): string[] {
  return document.adoptedStyleSheets.map((sheet) => [...sheet.cssRules].map((rule) => rule.cssText).join(''));
}

const keys = ['appended', 'late', 'early', 'first'];
beforeEach(() => {
  for (const key of keys) removeCSS(key);
  document.adoptedStyleSheets = [];
});

test('queued ones stand by priority in front of appended ones, prepended ones before all', () => {
  updateCSS('.a{top:1px}', 'appended');
  updateCSS('.b{top:1px}', 'late', { prepend: 'queue', priority: 1 });
  updateCSS('.c{top:1px}', 'early', { prepend: 'queue', priority: -999 });
  updateCSS('.d{top:1px}', 'first', { prepend: true });
  expect(texts().map((text) => text.slice(0, 2))).toEqual(['.d', '.c', '.b', '.a']);
  expect(document.querySelectorAll('style')).toHaveLength(0);
});

test('the same key changes its text in place', () => {
  updateCSS('.a{top:1px}', 'appended');
  updateCSS('.b{top:1px}', 'late');
  updateCSS('.a{top:2px}', 'appended');
  expect(document.adoptedStyleSheets).toHaveLength(2);
  expect(texts()[0]).toContain('2px');
});

test('sheets of others stay', () => {
  const other = new CSSStyleSheet();
  document.adoptedStyleSheets = [other];
  updateCSS('.a{top:1px}', 'appended');
  updateCSS('.c{top:1px}', 'early', { prepend: 'queue' });
  removeCSS('appended');
  removeCSS('appended');
  expect(document.adoptedStyleSheets).toHaveLength(2);
  expect(document.adoptedStyleSheets[0]).toBe(other);
});
