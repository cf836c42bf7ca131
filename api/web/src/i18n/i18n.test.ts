import { describe, expect, test } from 'vitest';
import { en as consoleEn } from '../console/i18n/en';
import { historyEn } from '../console/i18n/historyEn';
import { historyZh } from '../console/i18n/historyZh';
import { importsEn } from '../console/i18n/importsEn';
import { importsZh } from '../console/i18n/importsZh';
import { organizationsEn } from '../console/i18n/organizationsEn';
import { organizationsZh } from '../console/i18n/organizationsZh';
import { plansEn } from '../console/i18n/plansEn';
import { plansZh } from '../console/i18n/plansZh';
import { tableEn } from '../console/i18n/tableEn';
import { tableZh } from '../console/i18n/tableZh';
import { tasksEn } from '../console/i18n/tasksEn';
import { tasksZh } from '../console/i18n/tasksZh';
import { verificationEn } from '../console/i18n/verificationEn';
import { verificationZh } from '../console/i18n/verificationZh';
import { zh as consoleZh } from '../console/i18n/zh';
import { auditActions, isAuditAction } from '../console/state/audit';
import { en } from './en';
import { languageOf, newTexts } from './index';
import { printEn } from './printEn';
import { printZh } from './printZh';
import { toolsEn } from './toolsEn';
import { toolsZh } from './toolsZh';
import { zh } from './zh';

interface Tree {
  [key: string]: string | Tree;
}

function flatten(tree: Tree, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[path + key, value]] : flatten(value, `${path}${key}.`),
  );
}

const withoutPlural = (key: string) => key.replace(/_(one|other)$/, '');

const pages = [
  ['map', { zh: flatten(zh), en: flatten(en) }],
  ['print', { zh: flatten(printZh), en: flatten(printEn) }],
  ['tools', { zh: flatten(toolsZh), en: flatten(toolsEn) }],
  ['organizations', { zh: flatten(organizationsZh), en: flatten(organizationsEn) }],
  ['table', { zh: flatten(tableZh), en: flatten(tableEn) }],
  ['history', { zh: flatten(historyZh), en: flatten(historyEn) }],
  ['plans', { zh: flatten(plansZh), en: flatten(plansEn) }],
  ['tasks', { zh: flatten(tasksZh), en: flatten(tasksEn) }],
  ['verification', { zh: flatten(verificationZh), en: flatten(verificationEn) }],
  ['imports', { zh: flatten(importsZh), en: flatten(importsEn) }],
  ['console', { zh: flatten(consoleZh), en: flatten(consoleEn) }],
] as const;

describe.each(pages)('texts of the %s', (_, texts) => {
  test('both languages have the same keys', () => {
    const keys = (language: 'zh' | 'en') => new Set(texts[language].map(([key]) => withoutPlural(key)));
    expect(keys('en')).toEqual(keys('zh'));
  });

  test('no text is empty, and both say the same figures', () => {
    const figures = (text: string) => new Set(text.match(/\{\{\w+\}\}/g) ?? []);
    const chinese = new Map(texts.zh);
    for (const [key, text] of texts.en) {
      expect(text, key).not.toBe('');
      if (key.endsWith('_one')) continue;
      expect(figures(text), key).toEqual(figures(chinese.get(key) ?? ''));
    }
  });

  test('Chinese texts are Chinese and English texts English', () => {
    const han = /\p{Script=Han}/u;
    const exceptions = /^app\.|^zoom|scale/;
    for (const [key, text] of texts.en) if (!exceptions.test(key)) expect(han.test(text), key).toBe(false);
    // What is signs and figures alone is in no language.
    const saysSomething = (text: string) => /\p{L}/u.test(text.replaceAll(/\{\{\w+\}\}/g, ''));
    for (const [key, text] of texts.zh)
      if (!exceptions.test(key) && saysSomething(text)) expect(han.test(text), key).toBe(true);
  });
});

test.each(['zh', 'en'] as const)(
  'every action of the audit that can be chosen has a name in %s',
  (language) => {
    const texts = newTexts(language);
    texts.addResourceBundle(language, 'console', { zh: consoleZh, en: consoleEn }[language]);
    const t = texts.getFixedT(language, 'console');
    const names = auditActions.map((action) => t(`did.${action}`));
    expect(names.filter((name) => name.includes('did.'))).toEqual([]);
    expect(new Set(names).size).toBe(auditActions.length);
    for (const done of ['restore', 'undo', 'merge', 'split'])
      expect(isAuditAction(`organization.${done}`), done).toBe(true);
  },
);

describe('languages', () => {
  test('plurals follow the count', () => {
    const { t } = newTexts('en');
    expect(t('list.announce', { count: 1, total: '1' })).toBe('1 organization in view');
    expect(t('list.announce', { count: 2, total: '2' })).toBe('2 organizations in view');
    expect(newTexts('zh').t('list.announce', { count: 1, total: '1' })).toBe('视野内 1 个组织');
  });

  test('Chinese is the default; the link wins over the last visit', () => {
    expect(languageOf(null, null)).toBe('zh');
    expect(languageOf(null, 'en')).toBe('en');
    expect(languageOf('zh', 'en')).toBe('zh');
  });
});
