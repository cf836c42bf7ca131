import { type RefObject, useEffect, useState } from 'react';
import { KeyList, type Keys } from '../../ui/Help';
import { HelpIcon } from '../../ui/icons';
import { isTyping } from '../../ui/keys';
import { useTexts } from '../services';

/** The keys that hold on every page, and the window that lists them with those of lists and tables. */
export function BarKeys({ search }: { search: RefObject<HTMLInputElement | null> }) {
  const { t } = useTexts();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || document.querySelector('dialog[open], [aria-modal="true"]')) return;
      if (event.key === '?') setOpen(true);
      if (event.key !== '/' || !search.current) return;
      event.preventDefault();
      search.current.focus();
      search.current.select();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [search]);
  const keys: Keys = [
    [['/'], t('translation:help.search')],
    [['↑', '↓', 'Enter'], t('translation:help.list')],
    [['←', '→'], t('keys.tree')],
    [['Space'], t('keys.select')],
    [['Shift', '↑', '↓'], t('keys.range')],
    [['Ctrl', 'A'], t('keys.all')],
    [['Esc'], t('keys.escape')],
    [['?'], t('translation:help.keys')],
  ];
  return (
    <>
      <button
        type="button"
        className="icon-button help-button"
        aria-label={t('translation:help.title')}
        title={`${t('translation:help.title')} (?)`}
        onClick={() => setOpen(true)}
      >
        <HelpIcon />
      </button>
      <KeyList open={open} onClose={() => setOpen(false)} keys={keys} />
    </>
  );
}
