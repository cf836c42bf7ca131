import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../services';
import { useCell } from '../state/cell';
import { useDelayed } from './useDelayed';

/** Says when the network or the live connection is away. */
export function Banner() {
  const { t } = useTranslation();
  const online = useOnline();
  const live = useCell(useServices().live);
  // A connection that is back within seconds is nobody's concern.
  const lost = useDelayed(!live, 4000) && !live;
  const text = !online ? t('offline.network') : lost ? t('offline.events') : '';
  return (
    <p className="banner" role="status" hidden={text === ''}>
      {text}
    </p>
  );
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
