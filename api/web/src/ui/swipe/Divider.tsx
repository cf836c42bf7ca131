import type { KeyboardEvent, PointerEvent, RefObject } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  /** Percent from the left. */
  at: number;
  /** The same in pixels of the frame, and where its handle is, from the top. */
  x: number;
  handle: number;
  toPercent: (x: number) => number;
  frame: RefObject<HTMLElement | null>;
  /** Tells of each step, and whether it is the last one of the hand. */
  onMove: (at: number, done: boolean) => void;
}

const step = 2;
const largeStep = 10;

/** The line between two days, which a hand or the arrow keys move. */
export function Divider({ at, x, handle, toPercent, frame, onMove }: Props) {
  const { t } = useTranslation();
  const pointed = (event: PointerEvent) => {
    const left = frame.current?.getBoundingClientRect().left ?? 0;
    return clamp(toPercent(event.clientX - left));
  };
  const held = (event: PointerEvent<HTMLElement>) => event.currentTarget.hasPointerCapture(event.pointerId);
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.shiftKey ? largeStep : step;
    const to = { ArrowLeft: at - by, ArrowRight: at + by, Home: 0, End: 100 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    onMove(clamp(to), true);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule of HTML cannot be moved
    <div
      className="swipe-divider"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t('swipe.divider')}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(at)}
      style={{ insetInlineStart: x }}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        onMove(pointed(event), false);
      }}
      onPointerMove={(event) => held(event) && onMove(pointed(event), false)}
      onPointerUp={(event) => held(event) && onMove(pointed(event), true)}
      onPointerCancel={() => onMove(at, true)}
    >
      <span className="swipe-handle" style={{ insetBlockStart: handle }} aria-hidden="true">
        ‹›
      </span>
    </div>
  );
}

function clamp(at: number): number {
  return Math.min(100, Math.max(0, at));
}
