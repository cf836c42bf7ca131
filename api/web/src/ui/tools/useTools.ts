import { lazyTexts } from '../../i18n/lazyTexts';
import { toolsEn } from '../../i18n/toolsEn';
import { toolsZh } from '../../i18n/toolsZh';

/** The texts of the tools, which arrive with their code. */
export const useTools = lazyTexts('tools', toolsZh, toolsEn);
