import { type PointerEvent, type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CloseIcon, DownIcon, UpIcon } from './icons';

/** The three heights of the sheet. */
export const sheetHeights = ['low', 'middle', 'high'] as const;
export type SheetHeight = (typeof sheetHeights)[number];

/** Pixels of the sheet at a height, above a stage of so many pixels. */
export function sheetPixels(height: SheetHeight, stage: number): number {
  return { low: 52, middle: Math.round(stage * 0.46), high: stage - 52 }[height];
}

/** The height whose pixels are nearest. */
export function nearestHeight(pixels: number, stage: number): SheetHeight {
  const distance = (height: SheetHeight) => Math.abs(sheetPixels(height, stage) - pixels);
  return sheetHeights.reduce((best, height) => (distance(height) < distance(best) ? height : best));
}

interface SheetProps {
  label: string;
  title: ReactNode;
  height: SheetHeight;
  setHeight: (height: SheetHeight) => void;
  stage: number;
  /** Closes what the sheet holds; absent when there is nothing to close. */
  onClose?: (() => void) | undefined;
  children: ReactNode;
}

/** The bottom sheet of narrow screens: dragged by its head, or moved by its buttons. */
export function Sheet({ label, title, height, setHeight, stage, onClose, children }: SheetProps) {
  const { t } = useTranslation();
  const [dragged, setDragged] = useState<number | null>(null);
  const start = useRef<{ y: number; pixels: number; moved: boolean } | null>(null);
  const pixels = dragged ?? sheetPixels(height, stage);
  const at = sheetHeights.indexOf(height);

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (event.target instanceof Element && event.target.closest('button')) return;
    start.current = { y: event.clientY, pixels, moved: false };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (!start.current) return;
    const moved = start.current.y - event.clientY;
    if (Math.abs(moved) > 6) start.current.moved = true;
    const next = Math.min(sheetPixels('high', stage), Math.max(44, start.current.pixels + moved));
    if (start.current.moved) setDragged(next);
  };
  const onPointerUp = () => {
    if (start.current?.moved && dragged !== null) setHeight(nearestHeight(dragged, stage));
    else if (start.current) setHeight(height === 'low' ? 'middle' : 'low');
    start.current = null;
    setDragged(null);
  };

  return (
    <aside
      className={dragged === null ? 'sheet' : 'sheet dragged'}
      aria-label={label}
      data-height={height}
      style={{ blockSize: pixels }}
    >
      <div
        className="sheet-head"
        title={t('panel.handle')}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={onPointerUp}
      >
        <span className="grip" />
        <div className="sheet-title">{title}</div>
        <button
          type="button"
          className="icon-button"
          aria-label={t('panel.lower')}
          disabled={at === 0}
          onClick={() => setHeight(sheetHeights[at - 1] ?? 'low')}
        >
          <DownIcon />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label={t('panel.higher')}
          disabled={at === 2}
          onClick={() => setHeight(sheetHeights[at + 1] ?? 'high')}
        >
          <UpIcon />
        </button>
        {onClose && (
          <button type="button" className="icon-button" aria-label={t('card.close')} onClick={onClose}>
            <CloseIcon />
          </button>
        )}
      </div>
      <div className="sheet-body" inert={height === 'low' && dragged === null}>
        {children}
      </div>
    </aside>
  );
}
