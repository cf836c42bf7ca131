import { lazyTexts } from '../../i18n/lazyTexts';
import { importsEn } from '../i18n/importsEn';
import { importsZh } from '../i18n/importsZh';

/** The texts of the imports, which arrive with them. */
export const useImportTexts = lazyTexts('imports', importsZh, importsEn, 'console', 'translation');

/** Reasons whose sentence holds a detail have a shorter one for lists. */
export function reasonTitle(t: ReturnType<typeof useImportTexts>['t'], reason: string): string {
  const short = `kindOf.${reason}`;
  const title = t(short as 'kindOf.too-long', { defaultValue: '' });
  return title !== '' ? title : t(`reason.${reason}` as 'reason.bad-date', { defaultValue: reason });
}
