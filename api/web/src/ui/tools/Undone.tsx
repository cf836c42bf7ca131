import { useEffect, useState } from 'react';
import { useServices } from '../../services';
import { useCell } from '../../state/cell';
import { useTools } from './useTools';

/** For so many milliseconds what was taken away can be brought back. */
const undoTime = 10_000;

/** Says what was taken away, and brings it back. Time does not run while somebody points at it or has the focus in it. */
export function Undone() {
  const { t } = useTools();
  const { store, tools } = useServices();
  const removed = useCell(tools.removed);
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (!removed || held) return;
    const timer = setTimeout(() => tools.removed.set(null), undoTime);
    return () => clearTimeout(timer);
  }, [removed, held, tools]);
  const undo = () => {
    tools.removed.set(null);
    setHeld(false);
    if (!removed) return;
    if ('area' in removed) store.set({ area: removed.area });
    else tools.own.set(removed.own);
  };
  return (
    <div
      className="tools-undo"
      role="status"
      hidden={!removed}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {removed && (
        <>
          <span>{t('area' in removed ? 'removed.area' : 'removed.own')}</span>
          <button type="button" className="button" onClick={undo}>
            {t('undo')}
          </button>
        </>
      )}
    </div>
  );
}
