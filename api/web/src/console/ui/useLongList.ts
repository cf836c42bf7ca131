import { type RefObject, type UIEvent, useLayoutEffect, useRef, useState } from 'react';
import { useSize } from '../../ui/useSize';
import { shown } from '../state/tree';

interface LongList {
  box: RefObject<HTMLDivElement | null>;
  onScroll: (event: UIEvent<HTMLElement>) => void;
  /** The rows to be made: from, to (exclusive). */
  from: number;
  to: number;
  /** How many rows a key for a page moves. */
  page: number;
}

/**
 * A list so long that only its rows on screen are made, each so many pixels high. The row that is active comes into view: where
 * the keyboard has moved it, or whatever did (`follow`).
 */
export function useLongList(rows: number, rowHeight: number, active: number, follow = false): LongList {
  const box = useRef<HTMLDivElement>(null);
  const { height } = useSize(box);
  const [top, setTop] = useState(0);
  const [from, to] = shown(top, height, rowHeight, rows);
  useLayoutEffect(() => {
    const list = box.current;
    if (!list || active < 0 || (!follow && document.activeElement !== list)) return;
    const below = (active + 1) * rowHeight - list.clientHeight;
    if (active * rowHeight < list.scrollTop) list.scrollTop = active * rowHeight;
    else if (below > list.scrollTop) list.scrollTop = below;
  }, [active, rowHeight, follow]);
  return {
    box,
    onScroll: (event) => setTop(event.currentTarget.scrollTop),
    from,
    to,
    page: Math.max(1, Math.floor(height / rowHeight) - 1),
  };
}
