import { useTranslation } from 'react-i18next';
import { organizationsEn } from '../../i18n/organizationsEn';
import { organizationsZh } from '../../i18n/organizationsZh';

/** The texts of the page of organizations, which arrive with its code; those of the console as `console:`. */
export function useWords() {
  const { i18n } = useTranslation();
  if (!i18n.hasResourceBundle('zh', 'organizations')) {
    i18n.addResourceBundle('zh', 'organizations', organizationsZh);
    i18n.addResourceBundle('en', 'organizations', organizationsEn);
  }
  return useTranslation(['organizations', 'console', 'translation']);
}
