import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { dayAt, plusDays } from '../format/day';
import type { Insets, MapController } from '../map/controller';
import { useServices, useUrl } from '../services';
import type { PageStore } from '../state/store';
import { CompareIcon } from './icons';

const LazySwipe = lazy(async () => ({ default: (await import('./swipe/Swipe')).Swipe }));

/** The second day above the map, while two are compared. */
export function OpenSwipe(props: { controller: MapController; insets: Insets }) {
  const swipe = useUrl((state) => state.swipe);
  return <Suspense>{swipe && <LazySwipe {...props} swipe={swipe} />}</Suspense>;
}

/** Begins to compare the day of the page with today, and today with a year ago; or ends it. */
export function toggleSwipe(store: PageStore): void {
  const { datetime, swipe } = store.get();
  if (swipe !== null) store.set({ swipe: null });
  else store.set({ datetime: datetime ?? plusDays(dayAt(new Date()), -365), swipe: { day: null, at: 50 } });
}

/** Compares two days, or ends it. */
export function CompareButton() {
  const { t } = useTranslation();
  const { store } = useServices();
  const on = useUrl((state) => state.swipe !== null);
  const label = t(on ? 'swipe.close' : 'swipe.open');
  return (
    <button
      type="button"
      className="icon-button compare-button"
      aria-pressed={on}
      aria-label={label}
      title={label}
      onClick={() => toggleSwipe(store)}
    >
      <CompareIcon />
    </button>
  );
}
