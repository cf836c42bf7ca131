import { useTranslation } from 'react-i18next';
import { printEn } from '../../i18n/printEn';
import { printZh } from '../../i18n/printZh';

/** The texts of the window for printing, which arrive with its code. */
export function usePrint() {
  const { i18n } = useTranslation();
  if (!i18n.hasResourceBundle('zh', 'print')) {
    i18n.addResourceBundle('zh', 'print', printZh);
    i18n.addResourceBundle('en', 'print', printEn);
  }
  return useTranslation('print');
}
