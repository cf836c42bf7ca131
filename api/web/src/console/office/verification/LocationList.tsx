import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { distance } from '../../../format/scale';
import { useMedia } from '../../../ui/useSize';
import type { LocationItem } from '../../api/contract';
import { useLanguage } from '../../services';
import { shown } from '../../state/tree';
import { StateMark } from './StateMark';
import type { Outcome } from './useBulk';
import { useWords } from './useWords';

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
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const at = Math.max(
    0,
    items.findIndex((item) => item.id === active),
  );
  useEffect(() => {
    const element = box.current;
    if (!element || active === null) return;
    const from = at * rowHeight;
    if (from < element.scrollTop) element.scrollTop = from;
    if (from + rowHeight > element.scrollTop + element.clientHeight)
      element.scrollTop = from + rowHeight - element.clientHeight;
  }, [at, active, rowHeight]);
  const [from, to] = shown(top, height, rowHeight, items.length);
  const onKeyDown = (event: KeyboardEvent) => {
    const current = items[at];
    if (!current || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    const go = (to: number) => onActive(items[Math.min(items.length - 1, Math.max(0, to))]?.id ?? current.id);
    if (step !== undefined) go(active === null ? 0 : at + step);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(items.length - 1);
    else if (event.key === 'Enter') onOpen(current.id);
    else if (event.key === ' ') onToggle(current.id);
    else if (event.key === 'a' || event.key === 'A') onAdvance(current.id);
    else return;
    event.preventDefault();
  };
  return (
    <div
      ref={box}
      className="location-list"
      role="listbox"
      aria-label={t('list.label')}
      aria-multiselectable="true"
      tabIndex={0}
      aria-activedescendant={at >= from && at < to ? `${id}-${items[at]?.id}` : undefined}
      onKeyDown={onKeyDown}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <div className="location-rows" role="presentation" style={{ blockSize: items.length * rowHeight }}>
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
  const found =
    item.checked_at === null
      ? t('finding.unchecked')
      : item.findings.map(({ code }) => t(`finding.${code}`)).join('、');
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the focus and the keys
    <div
      id={id}
      className={`location-row${active ? ' active' : ''}${chosen ? ' chosen' : ''}`}
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
          {stateName(item.state)} · {accuracy}
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
