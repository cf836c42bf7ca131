import { lazyTexts } from '../../../../i18n/lazyTexts';
import { plansEn } from '../../../i18n/plansEn';
import { plansZh } from '../../../i18n/plansZh';

/** The texts of what is planned, which arrive with its code. */
export const usePlanWords = lazyTexts('plans', plansZh, plansEn, 'console');
