import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { CloseIcon } from './icons';

interface HelpProps {
  open: boolean;
  onClose: () => void;
}

/** The window that lists the keys of the map. */
export function Help(props: HelpProps) {
  const { t } = useTranslation();
  const keys: Keys = [
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
  return <KeyList {...props} keys={keys} />;
}

/** Keys and what they do. */
export type Keys = readonly (readonly [readonly string[], string])[];

/** A window that lists keys. */
export function KeyList({ open, onClose, keys }: HelpProps & { keys: Keys }) {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
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
