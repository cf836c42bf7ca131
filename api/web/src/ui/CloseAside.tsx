import { useTranslation } from 'react-i18next';
import { useServices } from '../services';
import { closeAside } from '../state/tools';
import { CloseIcon } from './icons';

/** The button that closes a card, as Escape does. */
export function CloseAside() {
  const { t } = useTranslation();
  const { store, tools } = useServices();
  return (
    <button
      type="button"
      className="icon-button card-close"
      aria-label={t('card.close')}
      title={`${t('card.close')} (Esc)`}
      onClick={() => closeAside(store, tools)}
    >
      <CloseIcon />
    </button>
  );
}
