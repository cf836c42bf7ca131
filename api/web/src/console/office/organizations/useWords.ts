import { lazyTexts } from '../../../i18n/lazyTexts';
import { organizationsEn } from '../../i18n/organizationsEn';
import { organizationsZh } from '../../i18n/organizationsZh';

/** The texts of the page of organizations, which arrive with its code. */
export const useWords = lazyTexts(
  'organizations',
  organizationsZh,
  organizationsEn,
  'console',
  'translation',
);
