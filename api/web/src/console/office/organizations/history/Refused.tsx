import { beginningIn, staleIn } from '../../../api/history';
import { when } from '../../../format/when';
import { useLanguage } from '../../../services';
import { Fault } from '../../Notice';
import { useHistoryWords } from './useHistoryWords';

/**
 * Why nothing was done; when somebody else was faster, of which organization they have just
 * written another version, and of a day that is too early, since when the organization exists.
 */
export function Refused({ error }: { error: unknown }) {
  const { t } = useHistoryWords();
  const language = useLanguage();
  const stale = staleIn(error);
  const since = beginningIn(error);
  if (since !== null) {
    return (
      <p className="notice alarm" role="alert">
        {t('early', { since })}
      </p>
    );
  }
  if (!stale) return <Fault error={error} />;
  const { current, author, recorded } = stale;
  return (
    <p className="notice alarm" role="alert">
      {t('stale', { name: current.name, author, when: when(recorded, language) })}
    </p>
  );
}
