import { createInstance, type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { historyZh } from '../console/i18n/historyZh';
import type { importsZh } from '../console/i18n/importsZh';
import type { organizationsZh } from '../console/i18n/organizationsZh';
import type { plansZh } from '../console/i18n/plansZh';
import type { tableZh } from '../console/i18n/tableZh';
import type { tasksZh } from '../console/i18n/tasksZh';
import type { verificationZh } from '../console/i18n/verificationZh';
import type { zh as consoleZh } from '../console/i18n/zh';
import type { Language } from '../format/number';
import { en } from './en';
import type { printZh } from './printZh';
import type { toolsZh } from './toolsZh';
import { zh } from './zh';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: {
      translation: typeof zh;
      console: typeof consoleZh;
      imports: typeof importsZh;
      organizations: typeof organizationsZh;
      verification: typeof verificationZh;
      history: typeof historyZh;
      plans: typeof plansZh;
      print: typeof printZh;
      table: typeof tableZh;
      tasks: typeof tasksZh;
      tools: typeof toolsZh;
    };
  }
}

/** The texts in a language; both languages are part of the first load, so that switching needs no network. */
export function newTexts(language: Language): i18n {
  const texts = createInstance();
  void texts.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'zh',
    resources: { zh: { translation: zh }, en: { translation: en } },
    interpolation: { escapeValue: false },
    initAsync: false,
  });
  return texts;
}

/** Chinese, unless the link or the reader's last choice says otherwise. */
export function languageOf(link: Language | null, last: string | null): Language {
  return link ?? (last === 'en' ? 'en' : 'zh');
}
