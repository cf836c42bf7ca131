import { type KeyboardEvent, useEffect, useId, useRef, useState, useSyncExternalStore } from 'react';
import { exact, type Language } from '../../format/number';
import { useMedia } from '../../ui/useSize';
import { useLanguage, useTexts } from '../services';
import { moved, type Row, type Tree } from '../state/tree';
import { useLongList } from '../ui/useLongList';
import { DownIcon, RightIcon } from './icons';

interface OrganizationTreeProps {
  tree: Tree;
  label: string;
  chosen: number | null | undefined;
  choose: (organization: { id: number; name: string }) => void;
}

/** Organizations below one are counted up to ten thousand. */
function counted(n: number, language: Language): string {
  return n > 10_000 ? `${exact(10_000, language)}+` : exact(n, language);
}

/**
 * The tree of organizations. Only rows on screen are in the page; those that are not read yet are read when their place
 * comes into view. One focus for all rows, as the tree pattern of ARIA allows it: the arrows move within.
 */
export function OrganizationTree({ tree, label, chosen, choose }: OrganizationTreeProps) {
  const rows = useSyncExternalStore(tree.subscribe, tree.rows);
  const rowHeight = useMedia('(max-width: 719px)') ? 44 : 34;
  const [active, setActive] = useState(0);
  const at = Math.min(active, rows.length - 1);
  const chosenAt = rows.findIndex((row) => row.type === 'node' && row.node.id === chosen);
  const revealed = useRef<number | null>(null);
  useEffect(() => {
    if (chosenAt < 0 || typeof chosen !== 'number' || revealed.current === chosen) return;
    revealed.current = chosen;
    setActive(chosenAt);
  }, [chosenAt, chosen]);
  const id = useId();
  const { box, onScroll, from, to, page } = useLongList(rows.length, rowHeight, at, true);
  const visible = rows.slice(from, to);
  useEffect(() => {
    for (const row of visible) if (row.type === 'rest' && !row.failed) void tree.more(row.parent);
  });
  const act = (row: Row | undefined) => {
    if (row?.type === 'node') choose(row.node);
    else if (row) void tree.more(row.parent);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[at];
    const opens = row?.type === 'node' && row.open === false && event.key === 'ArrowRight';
    const closes = row?.type === 'node' && row.open === true && event.key === 'ArrowLeft';
    const down = row?.type === 'node' && row.open === true && event.key === 'ArrowRight';
    const next = moved(rows, at, down ? 'ArrowDown' : event.key, page);
    if ((opens || closes) && row) tree.toggle(row.node.id);
    else if (event.key === 'Enter' || event.key === ' ') act(row);
    else if (next !== null) setActive(next);
    else return;
    event.preventDefault();
  };
  return (
    <div
      ref={box}
      className="tree long-list"
      role="tree"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={at >= from && at < to ? `${id}-${at}` : undefined}
      onKeyDown={onKeyDown}
      onScroll={onScroll}
    >
      <div className="long-list-rows" role="presentation" style={{ blockSize: rows.length * rowHeight }}>
        {visible.map((row, i) => (
          <TreeRow
            key={row.type === 'node' ? row.node.id : `rest-${row.parent}`}
            id={`${id}-${from + i}`}
            row={row}
            place={{
              insetBlockStart: (from + i) * rowHeight,
              blockSize: rowHeight,
              paddingInlineStart: 6 + row.depth * 16,
            }}
            active={from + i === at}
            chosen={row.type === 'node' && row.node.id === chosen}
            onToggle={() => row.type === 'node' && tree.toggle(row.node.id)}
            onChoose={() => {
              setActive(from + i);
              act(row);
            }}
          />
        ))}
      </div>
    </div>
  );
}

interface TreeRowProps {
  id: string;
  row: Row;
  place: React.CSSProperties;
  active: boolean;
  chosen: boolean;
  onToggle: () => void;
  onChoose: () => void;
}

function TreeRow({ id, row, place, active, chosen, onToggle, onChoose }: TreeRowProps) {
  const { t } = useTexts();
  const language = useLanguage();
  const className = `tree-row long-list-row${active ? ' active' : ''}${chosen ? ' chosen' : ''}`;
  if (row.type === 'rest') {
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the focus and the keys
      <div
        id={id}
        className={`${className} quiet`}
        role="treeitem"
        tabIndex={-1}
        aria-level={row.depth + 1}
        style={place}
        onClick={onChoose}
      >
        <span className="twist" />
        <span className="tree-name">{t(row.failed ? 'tree.failed' : 'tree.loading')}</span>
      </div>
    );
  }
  const { node, open } = row;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the focus and the keys
    <div
      id={id}
      className={className}
      role="treeitem"
      tabIndex={-1}
      aria-level={row.depth + 1}
      aria-posinset={row.place}
      aria-setsize={row.of > 10_000 ? -1 : row.of}
      aria-selected={chosen}
      aria-expanded={open ?? undefined}
      style={place}
      title={node.name}
      onClick={onChoose}
    >
      {open === null ? (
        <span className="twist" />
      ) : (
        // biome-ignore lint/a11y/noStaticElementInteractions: a part of the row for pointers; the keys are the tree's
        // biome-ignore lint/a11y/useKeyWithClickEvents: see above
        <span
          className="twist"
          onClick={(event) => {
            event.stopPropagation();
            onToggle();
          }}
        >
          {open ? <DownIcon /> : <RightIcon />}
        </span>
      )}
      <span className="tree-name">{node.name}</span>
      {node.children > 0 && <span className="count">{counted(node.children, language)}</span>}
    </div>
  );
}
