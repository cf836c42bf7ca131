import {
  type KeyboardEvent,
  type MouseEvent,
  memo,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useMedia, useSize } from '../../../../ui/useSize';
import { useLanguage } from '../../../services';
import {
  type Column,
  columns,
  type Line,
  movedTo,
  nothingPicked,
  type Picking,
  reached,
  type Sort,
  toggledRow,
} from '../../../state/table';
import { shown } from '../../../state/tree';
import { GridRow } from './GridRow';
import { useTableNames } from './useTableNames';
import { useTableWords } from './useTableWords';

interface GridProps {
  lines: readonly Line[];
  /** How many there are in all, read or not. */
  matched: number;
  picking: Picking;
  pick: (picking: Picking) => void;
  sort: Sort | null;
  onSort: (column: Column) => void;
  onOpen: (id: number) => void;
  /** Escape, when nothing is chosen. */
  onLeave: () => void;
  /** The end of what is read comes into view. */
  onEnd: () => void;
}

/** So many rows before the end of what is read the next are asked for. */
const ahead = 100;

/** In pixels. */
const roomForAll = 912;

/**
 * The grid has the focus and the keys, one row is active in it, as the grid pattern of ARIA allows it. Only rows on screen are made:
 * how long the list is costs nothing.
 */
export function Grid(props: GridProps) {
  const { lines, matched, picking, pick, sort, onSort, onOpen, onLeave, onEnd } = props;
  const { t } = useTableWords();
  const names = useTableNames();
  const language = useLanguage();
  const unknown = t('accuracyUnknown');
  const words = useMemo(() => ({ names, language, unknown }), [names, language, unknown]);
  const id = useId();
  const narrow = useMedia('(max-width: 719px)');
  const box = useRef<HTMLTableElement>(null);
  const { height, width } = useSize(box);
  // Where a line has no room for all columns, each stands above another one.
  const tight = !narrow && width > 0 && width < roomForAll;
  const rowHeight = narrow ? 64 : tight ? 52 : 36;
  const headHeight = narrow ? 0 : tight ? 60 : 36;
  const [top, setTop] = useState(0);
  const ids = useMemo(() => lines.map((line) => line.id), [lines]);
  const at = picking.active === null ? -1 : ids.indexOf(picking.active);
  const [from, to] = shown(top, height, rowHeight, lines.length);
  useEffect(() => {
    if (to + ahead >= lines.length) onEnd();
  });
  // What the keys or the map reached comes into view.
  useLayoutEffect(() => {
    const list = box.current;
    if (!list || at < 0) return;
    const room = list.clientHeight - headHeight;
    if (at * rowHeight < list.scrollTop) list.scrollTop = at * rowHeight;
    else if ((at + 1) * rowHeight > list.scrollTop + room) list.scrollTop = (at + 1) * rowHeight - room;
  }, [at, rowHeight, headHeight]);

  const onKeyDown = (event: KeyboardEvent) => {
    // The headers are buttons of their own.
    if (event.target !== event.currentTarget || event.altKey) return;
    const command = event.ctrlKey || event.metaKey;
    const active = lines[at];
    const page = Math.max(1, Math.floor(height / rowHeight) - 2);
    const next = reached(event.key, at, lines.length, page);
    if (next !== null) pick(movedTo(ids, picking, next, event.shiftKey));
    else if (command && event.key.toLowerCase() === 'a') pick({ ...picking, chosen: new Set(ids) });
    else if (command) return;
    else if (event.key === ' ' && active) pick(toggledRow(picking, active.id));
    else if (event.key === 'Enter' && active) onOpen(active.id);
    else if (event.key === 'Escape' && picking.chosen.size > 0)
      pick({ ...nothingPicked, active: picking.active });
    else if (event.key === 'Escape') onLeave();
    else return;
    event.preventDefault();
  };
  const onPress = (line: Line, place: number, part: 'check' | 'name' | 'row', event: MouseEvent) => {
    box.current?.focus({ preventScroll: true });
    if (event.shiftKey) pick(movedTo(ids, picking, place, true));
    else if (part === 'check' || event.ctrlKey || event.metaKey) pick(toggledRow(picking, line.id));
    else {
      pick(movedTo(ids, picking, place, false));
      if (part === 'name' || narrow) onOpen(line.id);
    }
  };
  // Rows are made anew when they change, not when what a press does has.
  const latest = useRef(onPress);
  useLayoutEffect(() => {
    latest.current = onPress;
  });
  const press = useCallback((...what: Parameters<typeof onPress>) => latest.current(...what), []);
  return (
    <table
      ref={box}
      className={tight ? 'grid tight' : 'grid'}
      // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: ARIA in HTML lets a table be a grid
      role="grid"
      aria-label={t('title')}
      aria-multiselectable="true"
      aria-rowcount={matched + 1}
      aria-colcount={columns.length + 1}
      tabIndex={0}
      aria-activedescendant={at >= from && at < to ? `${id}-${at}` : undefined}
      onKeyDown={onKeyDown}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <Head sort={sort} onSort={narrow ? null : onSort} />
      <tbody className="grid-rows" style={{ blockSize: lines.length * rowHeight }}>
        {lines.slice(from, to).map((line, i) => (
          <GridRow
            key={line.id}
            id={`${id}-${from + i}`}
            line={line}
            place={from + i}
            height={rowHeight}
            chosen={picking.chosen.has(line.id)}
            active={line.id === picking.active}
            words={words}
            onPress={press}
          />
        ))}
      </tbody>
    </table>
  );
}

/** The headers; null for no sorting by them. */
const Head = memo(function Head({
  sort,
  onSort,
}: {
  sort: Sort | null;
  onSort: ((column: Column) => void) | null;
}) {
  const { t } = useTableWords();
  const names = useTableNames();
  const sorted = (column: Column) =>
    sort?.column === column ? (sort.descending ? 'descending' : 'ascending') : 'none';
  return (
    <thead className={onSort === null ? 'visually-hidden' : 'grid-head'}>
      <tr className="grid-line" aria-rowindex={1}>
        <th className="row-check" aria-colindex={1}>
          <span className="visually-hidden">{t('select')}</span>
        </th>
        {columns.map((column, i) => (
          <th
            key={column}
            className={`cell-${column}`}
            scope="col"
            aria-colindex={i + 2}
            aria-sort={sorted(column)}
          >
            {onSort === null ? (
              names.column(column)
            ) : (
              <button type="button" onClick={() => onSort(column)}>
                {names.column(column)}
                <span aria-hidden="true">
                  {{ none: '', ascending: ' ↑', descending: ' ↓' }[sorted(column)]}
                </span>
              </button>
            )}
          </th>
        ))}
      </tr>
    </thead>
  );
});
