import { useTranslation } from 'react-i18next';
import { historyEn } from '../../../i18n/historyEn';
import { historyZh } from '../../../i18n/historyZh';

/** The texts of the history of organizations, which arrive with its code. */
export function useHistoryWords() {
  const { i18n } = useTranslation();
  if (!i18n.hasResourceBundle('zh', 'history')) {
    i18n.addResourceBundle('zh', 'history', historyZh);
    i18n.addResourceBundle('en', 'history', historyEn);
  }
  return useTranslation(['history', 'console', 'translation']);
}
