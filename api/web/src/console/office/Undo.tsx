import { useEffect, useState } from 'react';
import { useCell } from '../../state/cell';
import { useWrite } from '../api/useWrite';
import { useServices, useTexts } from '../services';
import { type Done, undoTime } from '../state/undo';
import { Sentence } from '../ui/Sentence';

/** What was done a moment ago, each with a button that takes it back. */
export function Undo() {
  const { undoing } = useServices();
  const done = useCell(undoing.done);
  return (
    <div className="undos" role="status">
      {done.map((one) => (
        <UndoBar key={one.id} done={one} />
      ))}
    </div>
  );
}

/** Time does not run while somebody points at it or has the focus in it. */
function UndoBar({ done }: { done: Done }) {
  const { t } = useTexts();
  const { undoing } = useServices();
  const [left, setLeft] = useState(undoTime / 1000);
  const [held, setHeld] = useState(false);
  const undo = useWrite({
    mutationFn: async () => done.undo?.(),
    onSuccess: () => undoing.forget(done.id),
  });
  const stands = held || undo.isPending || undo.isError;
  useEffect(() => {
    if (stands) return;
    const timer = setInterval(() => setLeft((now) => now - 1), 1000);
    return () => clearInterval(timer);
  }, [stands]);
  useEffect(() => {
    if (left <= 0) undoing.forget(done.id);
  }, [left, undoing, done.id]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only holds the time, nothing is done by it
    <div
      className="undo"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span>{undo.isError ? <Sentence error={undo.error} /> : done.text}</span>
      {done.undo && !undo.isError && (
        <button type="button" disabled={undo.isPending} onClick={() => undo.mutate()}>
          {t('undo.button')} <span aria-hidden="true">{left}</span>
        </button>
      )}
      {(!done.undo || undo.isError) && (
        <button type="button" onClick={() => undoing.forget(done.id)}>
          {t('close')}
        </button>
      )}
    </div>
  );
}
