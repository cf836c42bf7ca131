import type { Language } from './number';

/** Names one after the other, as the language separates them. */
export function listed(names: readonly string[], language: Language): string {
  return names.join(language === 'zh' ? '、' : ', ');
}
