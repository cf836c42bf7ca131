import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServices } from '../../services';
import { type ConditionChange, inForce, lifted } from '../../state/conditions';
import { CloseIcon } from '../icons';
import { UndoNote } from '../UndoNote';
import { type Chip, useChips } from './useWords';
import '../../style/conditions.css';

/** Every condition in force as a chip that a press, Enter or Delete takes away, and may bring back for a while. */
export function Chips() {
  const { t } = useTranslation();
  const { store, map, tools } = useServices();
  const change = useChange();
  const chips = useChips();
  const row = useRef<HTMLDivElement>(null);
  const [undone, setUndone] = useState<{ text: string; back: ConditionChange } | null>(null);
  // Back brings back more than one condition: what could be undone before is of another page.
  useEffect(() => store.onReturn(() => setUndone(null)), [store]);
  const remove = (chip: Chip, i: number) => {
    change(chip.lift);
    setUndone({ text: t('conditions.removed', { text: chip.text }), back: chip.back });
    if (tools.tool.get() !== null) {
      // Whoever draws goes on drawing: Enter ends that, and undoes nothing.
      map.get()?.map.getCanvas().focus({ preventScroll: true });
      return;
    }
    // The focus goes on to the next condition, or to the way back.
    requestAnimationFrame(() => {
      const rest = row.current?.querySelectorAll<HTMLElement>('.condition-chip, .conditions-undo button');
      rest?.[Math.min(i, rest.length - 1)]?.focus();
    });
  };
  const clear = () => {
    const all = inForce(store.get());
    change(lifted(all));
    setUndone({ text: t('conditions.cleared', { count: Object.keys(all).length }), back: all });
  };
  const undo = () => {
    if (undone) change(undone.back);
    setUndone(null);
  };
  return (
    <div ref={row} className="condition-chips">
      {chips.length > 0 && (
        <ul aria-label={t('conditions.label')}>
          {chips.map((chip, i) => (
            <li key={chip.key}>
              <button
                type="button"
                className="condition-chip"
                data-condition={chip.key}
                title={chip.title}
                onClick={() => remove(chip, i)}
                onKeyDown={(event) => onDelete(event, () => remove(chip, i))}
              >
                <span className="visually-hidden">{t('conditions.remove')}</span>
                {chip.text} <CloseIcon />
              </button>
            </li>
          ))}
        </ul>
      )}
      {chips.length > 1 && (
        <button type="button" className="condition-clear" onClick={clear}>
          {t('conditions.clear')}
        </button>
      )}
      <UndoNote
        className="conditions-undo"
        text={undone?.text ?? null}
        label={t('conditions.undo')}
        undo={undo}
        over={() => setUndone(null)}
      />
    </div>
  );
}

function onDelete(event: KeyboardEvent, remove: () => void): void {
  if (event.key !== 'Delete' && event.key !== 'Backspace') return;
  // Delete would also take the drawn area away.
  event.preventDefault();
  remove();
}

/** Changes conditions and leaves the camera where it is, so that one sees what they hold back. */
function useChange(): (change: ConditionChange) => void {
  const { store, map } = useServices();
  return (change) => {
    if (change.division !== undefined) map.get()?.stay(change.division);
    store.set(change);
  };
}
