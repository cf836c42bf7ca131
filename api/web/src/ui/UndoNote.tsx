import { useEffect, useState } from 'react';

/** For so many milliseconds what was taken away can be brought back. */
const undoTime = 10_000;

interface Props {
  className: string;
  /** What was taken away, in words; null when there is nothing to bring back. */
  text: string | null;
  label: string;
  undo: () => void;
  /** Called when the time is over. */
  over: () => void;
}

/** Says what was taken away, and brings it back. Time does not run while somebody points at it or has the focus in it. */
export function UndoNote({ className, text, label, undo, over }: Props) {
  const [held, setHeld] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is taken away starts the time anew
  useEffect(() => {
    if (text === null || held) return;
    const timer = setTimeout(over, undoTime);
    return () => clearTimeout(timer);
  }, [text, held]);
  const press = () => {
    setHeld(false);
    undo();
  };
  return (
    <div
      className={className}
      role="status"
      hidden={text === null}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {text !== null && (
        <>
          <span>{text}</span>
          <button type="button" className="button" onClick={press}>
            {label}
          </button>
        </>
      )}
    </div>
  );
}
