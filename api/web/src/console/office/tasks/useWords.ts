import { lazyTexts } from '../../../i18n/lazyTexts';
import { tasksEn } from '../../i18n/tasksEn';
import { tasksZh } from '../../i18n/tasksZh';

/** The texts of the page of tasks, which arrive with its code. */
export const useWords = lazyTexts('tasks', tasksZh, tasksEn, 'console', 'translation');
