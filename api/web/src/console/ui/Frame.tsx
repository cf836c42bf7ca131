import { type ReactNode, useEffect } from 'react';
import { useLanguage, useTexts } from '../services';

interface FrameProps {
  children: ReactNode;
  search?: ReactNode;
  tools?: ReactNode;
}

/** The bar of the console, and below it whatever there is to do. */
export function Frame({ children, search, tools }: FrameProps) {
  const { t } = useTexts();
  return (
    <>
      <header className="bar">
        <a className="brand" href="#/">
          <img src="/favicon.svg" alt="" width="24" height="24" />
          <span className="brand-name">{t('title')}</span>
        </a>
        {search}
        <span className="grow" />
        <a className="button plain" href="/">
          {t('map')}
        </a>
        <LanguageButton />
        {tools}
      </header>
      <main className="desk">{children}</main>
    </>
  );
}

function LanguageButton() {
  const { t, i18n } = useTexts();
  const language = useLanguage();
  const other = language === 'zh' ? 'en' : 'zh';
  useEffect(() => {
    localStorage.setItem('language', language);
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  const change = () => {
    const { pathname, hash } = window.location;
    window.history.replaceState(null, '', `${pathname}?lang=${other}${hash}`);
    void i18n.changeLanguage(other);
  };
  return (
    <button
      type="button"
      className="button plain"
      lang={other === 'zh' ? 'zh-CN' : 'en'}
      title={t('translation:app.languageHint')}
      onClick={change}
    >
      {t('translation:app.language')}
    </button>
  );
}
