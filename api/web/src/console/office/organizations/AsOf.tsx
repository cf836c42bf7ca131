import { dayAt } from '../../../format/day';
import { useServices } from '../../services';
import { useRoute } from '../../state/route';
import { Field } from '../../ui/Field';
import { lastPlanned } from './history/DayField';
import { useHistoryWords } from './history/useHistoryWords';
import './history/history.css';

/** The day of the tree, from the address; null for today. */
export function useTreeDay(): string | null {
  const { query } = useRoute();
  return query.day !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(query.day) ? query.day : null;
}

/** Chooses the day of which the tree is shown. */
export function AsOf() {
  const { t } = useHistoryWords();
  const { places } = useServices();
  const day = useTreeDay();
  const today = dayAt(new Date());
  return (
    <div className="as-of">
      <Field
        label={t('asOf.label')}
        type="date"
        max={lastPlanned(today)}
        value={day ?? today}
        onChange={(chosen) => places.filter({ day: chosen === today ? '' : chosen })}
        hint={day !== null && t(day > today ? 'asOf.ahead' : 'asOf.hint', { day })}
      />
      {day !== null && (
        <button type="button" className="button" onClick={() => places.filter({ day: '' })}>
          {t('asOf.today')}
        </button>
      )}
    </div>
  );
}
