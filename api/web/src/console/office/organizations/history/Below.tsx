import { useBelow } from '../../../api/history';
import { useHistoryWords } from './useHistoryWords';

/** How many organizations are directly below one. */
export function Below({ id }: { id: number }) {
  const { t } = useHistoryWords();
  const below = useBelow(id);
  if (!below.data) return null;
  const count = below.data.numberMatched;
  return <span data-below={count}>{count === 0 ? t('below.none') : t('below.some', { count })}</span>;
}
