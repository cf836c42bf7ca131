import { type ReactNode, Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isFuture } from '../format/day';
import { useServices, useUrl } from '../services';
import { useCell } from '../state/cell';
import { CloseIcon } from './icons';
import { Future, Refused } from './lazyTools';
import { useRefused } from './refused';
import { useDelayed } from './useDelayed';

/**
 * Says when the network or the live connection is away, when the server does not know a condition of the link or a division
 * that it names, and when the day that shows has not come yet.
 */
export function Banner() {
  const said = useSaid();
  return (
    <div className={said?.inPanel ? 'banner in-panel' : 'banner'} hidden={said === null}>
      <div className="banner-text" role="status">
        <Suspense>{said?.text}</Suspense>
      </div>
      {said?.close && <Close close={said.close} />}
    </div>
  );
}

interface Said {
  text: ReactNode;
  /** Whether the panel says the same: then the banner covers none of it. */
  inPanel?: true;
  close?: () => void;
}

/** The one thing that matters most now; null when there is nothing to say. */
function useSaid(): Said | null {
  const { t } = useTranslation();
  const online = useOnline();
  const services = useServices();
  const live = useCell(services.live);
  const missing = useCell(services.missing);
  const refused = useRefused();
  const [future, forget] = useFuture();
  // A connection that is back within seconds is nobody's concern.
  const lost = useDelayed(!live, 4000) && !live;
  if (!online) return { text: t('offline.network') };
  if (lost) return { text: t('offline.events') };
  if (refused) return { text: <Refused condition={refused} />, inPanel: true };
  if (missing !== null)
    return { text: t('divisions.missing', { code: missing }), close: () => services.missing.set(null) };
  return future === null ? null : { text: <Future day={future} />, close: forget };
}

function Close({ close }: { close: () => void }) {
  const { t } = useTranslation();
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={t('card.close')}
      title={t('card.close')}
      onClick={close}
    >
      <CloseIcon />
    </button>
  );
}

/** A day that shows and has not come yet, until the reader has seen that; null without. */
function useFuture(): [string | null, () => void] {
  const [seen, setSeen] = useState<string | null>(null);
  const day = useUrl(({ datetime, swipe }) => [datetime, swipe?.day ?? null].find(isFuture) ?? null);
  return [day === seen ? null : day, () => setSeen(day)];
}

function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const update = () => setOnline(navigator.onLine);
    window.addEventListener('online', update);
    window.addEventListener('offline', update);
    return () => {
      window.removeEventListener('online', update);
      window.removeEventListener('offline', update);
    };
  }, []);
  return online;
}
