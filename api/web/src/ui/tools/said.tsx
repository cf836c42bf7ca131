import type { ReactNode } from 'react';
import { useServices } from '../../services';
import { useTools } from './useTools';

/** Says that the day of the page has nothing, and returns to today, beside what else may help. */
export function NothingOn({ day, children }: { day: string; children?: ReactNode }) {
  const { t } = useTools();
  const { store } = useServices();
  return (
    <div className="empty">
      <p>{t('said.nothing', { day })}</p>
      <button type="button" className="button" data-act="today" onClick={() => store.set({ datetime: null })}>
        {t('said.today')}
      </button>
      {children}
    </div>
  );
}

/** Says that a day has not come yet, and what it shows. */
export function Future({ day }: { day: string }) {
  const { t } = useTools();
  return <>{t('said.future', { day })}</>;
}

/** Says that a drawn area is missing in a copied link. */
export function SharedCut() {
  const { t } = useTools();
  return <>{t('said.sharedCut')}</>;
}
