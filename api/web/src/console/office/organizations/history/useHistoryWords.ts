import { lazyTexts } from '../../../../i18n/lazyTexts';
import { historyEn } from '../../../i18n/historyEn';
import { historyZh } from '../../../i18n/historyZh';

/** The texts of the history of organizations, which arrive with its code. */
export const useHistoryWords = lazyTexts('history', historyZh, historyEn, 'console', 'translation');
