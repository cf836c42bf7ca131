import { type KeyboardEvent, useId } from 'react';
import { listed } from '../../../format/list';
import { distance } from '../../../format/scale';
import { useMedia } from '../../../ui/useSize';
import type { LocationItem } from '../../api/contract';
import { useLanguage } from '../../services';
import { keyedTo } from '../../state/tree';
import { useLongList } from '../../ui/useLongList';
import { StateMark } from './StateMark';
import type { Outcome } from './useBulk';
import { useWords } from './useWords';

/** How many rows a key for a page moves. */
const pageRows = 8;

interface LocationListProps {
  items: readonly LocationItem[];
  chosen: ReadonlySet<number>;
  active: number | null;
  outcomes: ReadonlyMap<number, Outcome>;
  onActive: (id: number) => void;
  onToggle: (id: number) => void;
  onOpen: (id: number) => void;
  onAdvance: (id: number) => void;
}

/** The list has the focus and the keys: arrows move, Enter opens, Space selects, A advances. Only rows on screen are made. */
export function LocationList({
  items,
  chosen,
  active,
  outcomes,
  onActive,
  onToggle,
  onOpen,
  onAdvance,
}: LocationListProps) {
  const { t } = useWords();
  const id = useId();
  const narrow = useMedia('(max-width: 959px)');
  const rowHeight = narrow ? 84 : 72;
  const at = Math.max(
    0,
    items.findIndex((item) => item.id === active),
  );
  // The map moves it too.
  const { box, onScroll, from, to } = useLongList(items.length, rowHeight, active === null ? -1 : at, true);
  const onKeyDown = (event: KeyboardEvent) => {
    const current = items[at];
    if (!current || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = keyedTo(event.key, at, items.length, pageRows);
    if (next !== null) {
      // The first key comes to the first row.
      const reached = active === null && event.key !== 'End' ? 0 : next;
      onActive(items[reached]?.id ?? current.id);
    } else if (event.key === 'Enter') onOpen(current.id);
    else if (event.key === ' ') onToggle(current.id);
    else if (event.key === 'a' || event.key === 'A') onAdvance(current.id);
    else return;
    event.preventDefault();
  };
  return (
    <div
      ref={box}
      className="location-list long-list"
      role="listbox"
      aria-label={t('list.label')}
      aria-multiselectable="true"
      tabIndex={0}
      aria-activedescendant={at >= from && at < to ? `${id}-${items[at]?.id}` : undefined}
      onKeyDown={onKeyDown}
      onScroll={onScroll}
    >
      <div className="long-list-rows" role="presentation" style={{ blockSize: items.length * rowHeight }}>
        {items.slice(from, to).map((item, i) => (
          <LocationRow
            key={item.id}
            id={`${id}-${item.id}`}
            item={item}
            place={{ insetBlockStart: (from + i) * rowHeight, blockSize: rowHeight }}
            position={{ n: from + i + 1, of: items.length }}
            chosen={chosen.has(item.id)}
            active={item.id === active}
            outcome={outcomes.get(item.id)}
            onToggle={() => {
              onActive(item.id);
              onToggle(item.id);
            }}
            onOpen={() => {
              onActive(item.id);
              onOpen(item.id);
            }}
          />
        ))}
      </div>
    </div>
  );
}

interface LocationRowProps {
  id: string;
  item: LocationItem;
  place: React.CSSProperties;
  position: { n: number; of: number };
  chosen: boolean;
  active: boolean;
  outcome: Outcome | undefined;
  onToggle: () => void;
  onOpen: () => void;
}

function LocationRow({
  id,
  item,
  place,
  position,
  chosen,
  active,
  outcome,
  onToggle,
  onOpen,
}: LocationRowProps) {
  const { t, stateName } = useWords();
  const language = useLanguage();
  const wrong = item.findings.some(({ contradicts }) => contradicts);
  const accuracy =
    item.accuracy_m > 0
      ? t('accuracy', { distance: distance(item.accuracy_m, language) })
      : t('accuracyUnknown');
  // The line below says so too.
  const told = !outcome && item.findings.some(({ code }) => code === 'accuracy-unknown');
  const found =
    item.checked_at === null
      ? t('finding.unchecked')
      : listed(
          item.findings.map(({ code }) => t(`finding.${code}`)),
          language,
        );
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the focus and the keys
    <div
      id={id}
      className={`location-row long-list-row${active ? ' active' : ''}${chosen ? ' chosen' : ''}`}
      role="option"
      tabIndex={-1}
      aria-selected={chosen}
      aria-posinset={position.n}
      aria-setsize={position.of}
      data-id={item.id}
      data-state={item.state}
      style={place}
      onClick={onOpen}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a part of the row for pointers; Space does it with the keys */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: see above */}
      <span
        className="row-check"
        title={t('list.select', { name: item.name })}
        onClick={(event) => {
          event.stopPropagation();
          onToggle();
        }}
      >
        <span aria-hidden="true">{chosen ? '✓' : ''}</span>
      </span>
      <StateMark state={item.state} />
      <span className="row-text">
        <span className="row-name">{item.name}</span>
        <span className="quiet">
          {stateName(item.state)}
          {!told && ` · ${accuracy}`}
        </span>
        {outcome ? (
          <span className={outcome.good ? 'row-good' : 'row-bad'}>{outcome.text}</span>
        ) : (
          <span className={wrong ? 'row-bad' : 'quiet'}>{found}</span>
        )}
      </span>
    </div>
  );
}
