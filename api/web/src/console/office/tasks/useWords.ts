import { useTranslation } from 'react-i18next';
import { tasksEn } from '../../i18n/tasksEn';
import { tasksZh } from '../../i18n/tasksZh';

/** The texts of the page of tasks, which arrive with its code; those of the console as `console:`. */
export function useWords() {
  const { i18n } = useTranslation();
  if (!i18n.hasResourceBundle('zh', 'tasks')) {
    i18n.addResourceBundle('zh', 'tasks', tasksZh);
    i18n.addResourceBundle('en', 'tasks', tasksEn);
  }
  return useTranslation(['tasks', 'console', 'translation']);
}
