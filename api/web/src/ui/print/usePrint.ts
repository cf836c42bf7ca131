import { lazyTexts } from '../../i18n/lazyTexts';
import { printEn } from '../../i18n/printEn';
import { printZh } from '../../i18n/printZh';

/** The texts of the window for printing, which arrive with its code. */
export const usePrint = lazyTexts('print', printZh, printEn);
