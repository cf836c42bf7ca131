import { Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../services';
import { isTooLong } from '../state/url';
import { LinkIcon } from './icons';
import { SharedCut } from './lazyTools';

/** Copies the address of the page, and says whether the browser let it, and whether a drawn area is missing in it. */
export function CopyLink() {
  const { t } = useTranslation();
  const { store } = useServices();
  const [said, setSaid] = useState<'shared' | 'sharedCut' | 'shareFailed' | null>(null);
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(null), 4000);
    return () => clearTimeout(timer);
  }, [said]);
  const share = async () => {
    try {
      await navigator.clipboard.writeText(window.location.href);
      setSaid(isTooLong(store.get().area) ? 'sharedCut' : 'shared');
    } catch {
      setSaid('shareFailed');
    }
  };
  return (
    <>
      <button type="button" className="button" onClick={() => void share()}>
        <LinkIcon /> {t('card.share')}
      </button>
      <p className="said" role="status">
        {said === 'sharedCut' ? (
          <Suspense>
            <SharedCut />
          </Suspense>
        ) : (
          said && t(`card.${said}`)
        )}
      </p>
    </>
  );
}
