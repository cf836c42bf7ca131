import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { useLanguage, useServices } from '../services';
import { HelpIcon } from './icons';
import { Search } from './Search';

/** The slim bar above the map: name, search, language, help. */
export function Bar({ input, onHelp }: { input: RefObject<HTMLInputElement | null>; onHelp: () => void }) {
  const { t } = useTranslation();
  const { store } = useServices();
  const language = useLanguage();
  const other = language === 'zh' ? 'en' : 'zh';
  return (
    <header className="bar">
      <h1 className="brand">
        <img src="/favicon.svg" alt="" width="24" height="24" />
        <span className="brand-name">{t('app.title')}</span>
      </h1>
      <Search input={input} />
      <button
        type="button"
        className="button plain"
        lang={other === 'zh' ? 'zh-CN' : 'en'}
        title={t('app.languageHint')}
        onClick={() => store.set({ lang: other }, 'replace')}
      >
        {t('app.language')}
      </button>
      <a className="button plain console-link" href="/console">
        {t(localStorage.getItem('console') === null ? 'app.signIn' : 'app.console')}
      </a>
      <button
        type="button"
        className="icon-button help-button"
        aria-label={t('help.open')}
        title={t('help.open')}
        onClick={onHelp}
      >
        <HelpIcon />
      </button>
    </header>
  );
}
