import { useTranslation } from 'react-i18next';
import { useServices } from '../services';
import { useCell } from '../state/cell';
import { HomeIcon, MinusIcon, PinIcon, PlusIcon, PrintIcon, ToolsIcon } from './icons';

/** Buttons for those who have no wheel. */
export function Zoom() {
  const { t } = useTranslation();
  const { map, store, tools } = useServices();
  const open = useCell(tools.open);
  const controller = useCell(map);
  const home = () => {
    controller?.stay(null);
    if (store.get().division !== null) store.set({ division: null });
    controller?.home();
  };
  return (
    <div className="zoom">
      <button
        type="button"
        aria-label={t('zoom.in')}
        title={`${t('zoom.in')} (+)`}
        onClick={() => controller?.zoomBy(1)}
      >
        <PlusIcon />
      </button>
      <button
        type="button"
        aria-label={t('zoom.out')}
        title={`${t('zoom.out')} (−)`}
        onClick={() => controller?.zoomBy(-1)}
      >
        <MinusIcon />
      </button>
      <button type="button" aria-label={t('zoom.home')} title={t('zoom.home')} onClick={home}>
        <HomeIcon />
      </button>
      <button
        type="button"
        className="tools-button"
        aria-pressed={open}
        aria-label={t('tools.open')}
        title={t('tools.open')}
        onClick={() => tools.open.set(!open)}
      >
        <ToolsIcon />
      </button>
      <button
        type="button"
        className="place-button"
        aria-label={t('place.ask')}
        title={t('place.ask')}
        onClick={() => controller?.ask(null)}
      >
        <PinIcon />
      </button>
      <button
        type="button"
        className="print-button"
        aria-label={t('print.open')}
        title={t('print.open')}
        aria-haspopup="dialog"
        onClick={() => tools.printing.set(true)}
      >
        <PrintIcon />
      </button>
    </div>
  );
}
