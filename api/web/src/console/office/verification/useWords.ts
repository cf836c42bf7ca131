import { lazyTexts } from '../../../i18n/lazyTexts';
import type { LocationState } from '../../api/contract';
import { verificationEn } from '../../i18n/verificationEn';
import { verificationZh } from '../../i18n/verificationZh';

const useTexts = lazyTexts('verification', verificationZh, verificationEn, 'console', 'translation');

/** The texts of verification, which arrive with its code, and the names of states. */
export function useWords() {
  const words = useTexts();
  return { ...words, stateName: (state: LocationState) => words.t(`translation:locationState.${state}`) };
}
