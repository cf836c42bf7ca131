import { dayAt } from '../../format/day';
import { useUrl } from '../../services';
import { useTools } from './useTools';

/** Says, while two days are compared, which of them is counted. */
export function OneDay() {
  const { t } = useTools();
  const compared = useUrl((state) => state.swipe !== null);
  const day = useUrl((state) => state.datetime) ?? dayAt(new Date());
  if (!compared) return null;
  return <p className="note one-day">{t('area.left', { day })}</p>;
}
