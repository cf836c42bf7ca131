import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { CloseIcon } from './icons';

/** The window that lists the keys. */
export function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  const keys: [string[], string][] = [
    [['/'], t('help.search')],
    [[t('help.arrows')], t('help.move')],
    [['+', '−'], t('help.zoom')],
    [['↑', '↓', 'Enter'], t('help.list')],
    [['w'], t('help.place')],
    [['p'], t('help.print')],
    [['c'], t('help.compare')],
    [['Esc'], t('help.escape')],
    [['?'], t('help.keys')],
  ];
  return (
    <dialog ref={dialog} className="help" onClose={onClose} aria-labelledby="help-title">
      <button type="button" className="icon-button card-close" aria-label={t('help.close')} onClick={onClose}>
        <CloseIcon />
      </button>
      <h2 id="help-title">{t('help.title')}</h2>
      <dl>
        {keys.map(([names, what]) => (
          <div key={what}>
            <dt>
              {names.map((name) => (
                <kbd key={name}>{name}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
