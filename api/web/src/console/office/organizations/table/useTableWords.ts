import { useTranslation } from 'react-i18next';
import { tableEn } from '../../../i18n/tableEn';
import { tableZh } from '../../../i18n/tableZh';

/** The texts of the table of organizations, which arrive with its code; those of the console as `console:`. */
export function useTableWords() {
  const { i18n } = useTranslation();
  if (!i18n.hasResourceBundle('zh', 'table')) {
    i18n.addResourceBundle('zh', 'table', tableZh);
    i18n.addResourceBundle('en', 'table', tableEn);
  }
  return useTranslation(['table', 'console', 'translation', 'organizations']);
}
