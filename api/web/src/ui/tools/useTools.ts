import { useTranslation } from 'react-i18next';
import { toolsEn } from '../../i18n/toolsEn';
import { toolsZh } from '../../i18n/toolsZh';

/** The texts of the tools, which arrive with their code. */
export function useTools() {
  const { i18n } = useTranslation();
  if (!i18n.hasResourceBundle('zh', 'tools')) {
    i18n.addResourceBundle('zh', 'tools', toolsZh);
    i18n.addResourceBundle('en', 'tools', toolsEn);
  }
  return useTranslation('tools');
}
