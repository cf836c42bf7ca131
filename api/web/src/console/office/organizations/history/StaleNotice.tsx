import { staleIn } from '../../../api/history';
import { when } from '../../../format/when';
import { useLanguage } from '../../../services';
import { useHistoryWords } from './useHistoryWords';

/** Says of which organization somebody else has just written another version. */
export function StaleNotice({ error }: { error: unknown }) {
  const { t } = useHistoryWords();
  const language = useLanguage();
  const stale = staleIn(error);
  if (!stale) return null;
  return (
    <p className="notice alarm" role="alert">
      {t('stale', {
        name: stale.current.name,
        author: stale.author,
        when: when(stale.recorded, language),
      })}
    </p>
  );
}
