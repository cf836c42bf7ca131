import type { TypeOptions } from 'i18next';
import { useTranslation } from 'react-i18next';

type Namespace = keyof TypeOptions['resources'];

/**
 * Makes the hook of texts that arrive with the code that says them: their keys stand for themselves, and those of the other
 * namespaces, which are there already, follow their name, as in `console:cancel`.
 */
export function lazyTexts<N extends Namespace, O extends readonly Namespace[]>(
  name: N,
  zh: object,
  en: object,
  ...others: O
) {
  return function useLazyTexts() {
    const { i18n } = useTranslation();
    if (!i18n.hasResourceBundle('zh', name)) {
      i18n.addResourceBundle('zh', name, zh);
      i18n.addResourceBundle('en', name, en);
    }
    return useTranslation<[N, ...O]>([name, ...others]);
  };
}
