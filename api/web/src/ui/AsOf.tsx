import { useTranslation } from 'react-i18next';
import { firstDay, isFuture } from '../format/day';
import { useServices, useUrl } from '../services';
import { parseDay } from '../state/url';
import { ClockIcon, CloseIcon } from './icons';
import { CompareButton } from './OpenSwipe';

/** The day that everything is shown as of. */
export function DayField() {
  const { t } = useTranslation();
  const { store } = useServices();
  const day = useUrl((state) => state.datetime);
  const timeline = useUrl((state) => state.timeline);
  // A browser tells of every keystroke that makes a date: 0002 is on the way to 2020.
  const choose = (text: string) => {
    const chosen = parseDay(text);
    if (text === '') store.set({ datetime: null });
    else if (chosen !== null && chosen >= firstDay) store.set({ datetime: chosen });
  };
  return (
    <div className="row as-of-field">
      <label className="row-label strong" htmlFor="as-of">
        {t('asOf.label')}
      </label>
      <input
        id="as-of"
        type="date"
        min={firstDay}
        key={day}
        defaultValue={day ?? ''}
        onChange={(event) => choose(event.target.value)}
      />
      <button
        type="button"
        className="icon-button"
        aria-pressed={timeline !== null}
        aria-label={t(timeline === null ? 'timeline.open' : 'timeline.close')}
        title={t(timeline === null ? 'timeline.open' : 'timeline.close')}
        onClick={() => store.set({ timeline: timeline === null ? 'year' : null })}
      >
        <ClockIcon />
      </button>
      <CompareButton />
    </div>
  );
}

/** Says on the map that it shows another day than today; a click returns to today. */
export function DayChip() {
  const { t } = useTranslation();
  const { store } = useServices();
  const day = useUrl((state) => state.datetime);
  const compared = useUrl((state) => state.swipe !== null);
  // Each of two days has its own sign.
  if (day === null || compared) return null;
  return (
    <button
      type="button"
      className="button as-of"
      data-day={day}
      title={t('asOf.today')}
      onClick={() => store.set({ datetime: null })}
    >
      {t(isFuture(day) ? 'asOf.future' : 'asOf.chip', { day })} <CloseIcon />
      <span className="visually-hidden">{t('asOf.today')}</span>
    </button>
  );
}
