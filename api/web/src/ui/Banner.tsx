import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../services';
import { useCell } from '../state/cell';
import { CloseIcon } from './icons';
import { useDelayed } from './useDelayed';

/** Says when the network or the live connection is away, and when a link names a division that does not exist. */
export function Banner() {
  const { t } = useTranslation();
  const online = useOnline();
  const services = useServices();
  const live = useCell(services.live);
  const missing = useCell(services.missing);
  // A connection that is back within seconds is nobody's concern.
  const lost = useDelayed(!live, 4000) && !live;
  const away = !online ? t('offline.network') : lost ? t('offline.events') : '';
  const text = away || (missing === null ? '' : t('divisions.missing', { code: missing }));
  return (
    <div className="banner" hidden={text === ''}>
      <span role="status">{text}</span>
      {away === '' && missing !== null && (
        <button
          type="button"
          className="icon-button"
          aria-label={t('card.close')}
          title={t('card.close')}
          onClick={() => services.missing.set(null)}
        >
          <CloseIcon />
        </button>
      )}
    </div>
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
