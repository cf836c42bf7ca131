import { useServices } from '../../services';
import { useCell } from '../../state/cell';
import { UndoNote } from '../UndoNote';
import { useTools } from './useTools';

/** Says what was taken away, and brings it back. */
export function Undone() {
  const { t } = useTools();
  const { store, tools } = useServices();
  const removed = useCell(tools.removed);
  const undo = () => {
    tools.removed.set(null);
    if (!removed) return;
    if ('area' in removed) store.set({ area: removed.area });
    else tools.own.set(removed.own);
  };
  return (
    <UndoNote
      className="tools-undo"
      text={removed && t('area' in removed ? 'removed.area' : 'removed.own')}
      label={t('undo')}
      undo={undo}
      over={() => tools.removed.set(null)}
    />
  );
}
