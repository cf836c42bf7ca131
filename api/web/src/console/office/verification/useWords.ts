import { useTranslation } from 'react-i18next';
import type { LocationState } from '../../api/contract';
import { verificationEn } from '../../i18n/verificationEn';
import { verificationZh } from '../../i18n/verificationZh';

/** The texts of verification, which arrive with its code; those of the console as `console:`. */
export function useWords() {
  const { i18n } = useTranslation();
  if (!i18n.hasResourceBundle('zh', 'verification')) {
    i18n.addResourceBundle('zh', 'verification', verificationZh);
    i18n.addResourceBundle('en', 'verification', verificationEn);
  }
  const words = useTranslation(['verification', 'console', 'translation']);
  return { ...words, stateName: (state: LocationState) => words.t(`translation:locationState.${state}`) };
}
