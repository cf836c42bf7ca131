import { useTranslation } from 'react-i18next';
import { importsEn } from '../i18n/importsEn';
import { importsZh } from '../i18n/importsZh';

/** The texts of the imports, which come with them. */
export function useImportTexts() {
  const { i18n } = useTranslation();
  if (!i18n.hasResourceBundle('zh', 'imports')) {
    i18n.addResourceBundle('zh', 'imports', importsZh);
    i18n.addResourceBundle('en', 'imports', importsEn);
  }
  return useTranslation(['imports', 'console', 'translation']);
}

/** Reasons whose sentence holds a detail have a shorter one for lists. */
export function reasonTitle(t: ReturnType<typeof useImportTexts>['t'], reason: string): string {
  const short = `kindOf.${reason}`;
  const title = t(short as 'kindOf.too-long', { defaultValue: '' });
  return title !== '' ? title : t(`reason.${reason}` as 'reason.bad-date', { defaultValue: reason });
}
