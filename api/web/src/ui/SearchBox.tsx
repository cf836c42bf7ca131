import type { UseQueryResult } from '@tanstack/react-query';
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import type { SearchHit, SearchResult } from '../api/client';
import { atPiece } from '../format/highlight';
import { abbreviate, exact } from '../format/number';
import { useLanguage } from '../services';
import { levelName } from '../state/division';
import { AddressNote } from './AddressNote';
import { CloseIcon, SearchIcon } from './icons';
import { useDelayed } from './useDelayed';

interface SearchBoxProps {
  input: RefObject<HTMLInputElement | null>;
  /** Looks for a text; for nothing while it is "". */
  useHits: (query: string) => UseQueryResult<SearchResult>;
  choose: (hit: SearchHit) => void;
  /** Says that the search failed. */
  failed: (error: unknown, retry: () => void) => ReactNode;
}

/** The one search box: a combobox after the ARIA pattern, with organizations, divisions, addresses and coordinates in its list. */
export function SearchBox({ input, useHits, choose, failed }: SearchBoxProps) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const query = useDelayed(text.trim(), 150);
  const search = useHits(query);
  const id = useId();
  const hits = query === '' ? [] : (search.data?.items ?? []);
  const total = useTotal(query !== '' && open ? search.data : undefined);
  const shown = open && text.trim() !== '';
  const hinted = open && text.trim() === '';

  const take = (hit: SearchHit) => {
    setOpen(false);
    setText(hit.type === 'address' ? text : hit.name);
    input.current?.blur();
    choose(hit);
  };
  const close = () => {
    if (!shown) setText('');
    setOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move !== undefined && hits.length > 0) {
      event.preventDefault();
      setOpen(true);
      setActive((now) => (now + move + hits.length + (now < 0 && move < 0 ? 1 : 0)) % hits.length);
    } else if (event.key === 'Enter') {
      const hit = hits[Math.max(0, active)];
      if (hit && query === text.trim() && !search.isPlaceholderData) take(hit);
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      if (shown || text !== '') close();
      else input.current?.blur();
    }
  };

  return (
    <search className="search">
      <SearchIcon />
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label={t('search.label')}
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        {...(active >= 0 && shown ? { 'aria-activedescendant': `${id}-${active}` } : {})}
        placeholder={t('search.placeholder')}
        autoComplete="off"
        spellCheck={false}
        enterKeyHint="search"
        maxLength={500}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setActive(-1);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {text === '' ? (
        <span className="key" aria-hidden="true">
          /
        </span>
      ) : (
        <button
          type="button"
          className="icon-button"
          aria-label={t('search.clear')}
          onClick={() => {
            setText('');
            input.current?.focus();
          }}
        >
          <CloseIcon />
        </button>
      )}
      <div className="hits" hidden={!shown && !hinted} onPointerDown={(event) => event.preventDefault()}>
        {hinted && <p className="quiet search-hint">{t('search.hint')}</p>}
        {search.isError && query !== '' && failed(search.error, () => void search.refetch())}
        {search.isPending && query !== '' && !search.isError && <p className="quiet">{t('search.busy')}</p>}
        {search.isSuccess && hits.length === 0 && query !== '' && (
          <p className="quiet">{t('search.none', { query })}</p>
        )}
        {total !== null && <p className="quiet search-total">{total}</p>}
        <HitList
          id={id}
          label={t('search.label')}
          hits={shown ? hits : []}
          active={active}
          classOf={(hit) => (hit.type === 'coordinate' ? 'hit coordinate' : 'hit')}
          choose={take}
        />
      </div>
      <span className="visually-hidden" role="status">
        {shown && search.isSuccess ? t('search.count', { count: hits.length }) : ''} {total}
      </span>
    </search>
  );
}

interface HitListProps {
  /** Of the combobox: the list is `id-list`, its options are `id-0`, `id-1` and so on. */
  id: string;
  label: string;
  hits: readonly SearchHit[];
  /** At which one the keys are; -1 for none. */
  active: number;
  classOf: (hit: SearchHit) => string;
  choose: (hit: SearchHit) => void;
}

/** What a combobox has found. */
export function HitList({ id, label, hits, active, classOf, choose }: HitListProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector(`[id="${id}-${active}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [id, active]);
  return (
    <div id={`${id}-list`} role="listbox" aria-label={label} ref={list}>
      {hits.map((hit, i) => (
        // The keyboard reaches options through the input, as the combobox pattern wants it.
        // biome-ignore lint/a11y/useKeyWithClickEvents: see above
        <div
          key={keyOf(hit)}
          id={`${id}-${i}`}
          role="option"
          tabIndex={-1}
          aria-selected={i === active}
          className={classOf(hit)}
          onClick={() => choose(hit)}
        >
          <HitLines hit={hit} />
        </div>
      ))}
    </div>
  );
}

/** What a hit is, where it lies and why it matched. */
function HitLines({ hit }: { hit: SearchHit }) {
  const { t } = useTranslation();
  return (
    <>
      <span className="hit-name">
        <Marked text={nameOf(hit)} piece={pieceOf(hit, true)} />
      </span>
      <span className="hit-context">{hit.type === 'address' ? <AddressNote hit={hit} /> : hit.context}</span>
      <span className="hit-why">
        {(hit.type === 'organization' || hit.type === 'division') && (
          <>
            <span className={`hit-type ${hit.type}`}>{t(`search.type.${hit.type}`)}</span>{' '}
          </>
        )}
        <HitKind hit={hit} />
        {hit.type !== 'address' && (
          <>
            {' · '}
            <Why hit={hit} />
          </>
        )}
      </span>
      <Beside hit={hit} />
    </>
  );
}

/** An address with the road and number that were not looked up. */
function nameOf(hit: SearchHit): string {
  return hit.type === 'address' && hit.rest !== '' ? `${hit.name} ${hit.rest}` : hit.name;
}

function keyOf(hit: SearchHit): string {
  if (hit.type === 'organization') return `o${hit.id}`;
  return hit.type === 'division' ? `d${hit.code}` : `${hit.name}@${hit.location}`;
}

function HitKind({ hit }: { hit: SearchHit }) {
  const { t } = useTranslation();
  if (hit.type === 'division') return <>{t(`level.${levelName(hit.level)}`)}</>;
  if (hit.type !== 'organization') return <>{t(`search.type.${hit.type}`)}</>;
  return <>{t(`kind.${hit.kind as 'village_committee'}`, { defaultValue: hit.kind })}</>;
}

const systems: Record<string, string> = { 'EPSG:4326': 'WGS84', gcj02: 'GCJ-02', bd09: 'BD-09' };

/** How a hit matched; of a coordinate, how it was read. */
function Why({ hit }: { hit: SearchHit }) {
  const { t } = useTranslation();
  if (hit.type !== 'coordinate') return <>{t(`search.match.${hit.match}`)}</>;
  const { system, told } = hit.understood;
  return <>{t(told ? 'search.read' : 'search.supposed', { system: systems[system] ?? system })}</>;
}

/** What matched, in the name or elsewhere. */
function pieceOf(hit: SearchHit, inName: boolean) {
  const piece = 'matched' in hit ? hit.matched : undefined;
  return piece && (piece.field === 'name') === inName ? piece : undefined;
}

/** What matched when it does not stand in the name. */
function Beside({ hit }: { hit: SearchHit }) {
  const { t } = useTranslation();
  const piece = pieceOf(hit, false);
  if (!piece) return null;
  return (
    <span className="hit-beside">
      {t(`search.field.${piece.field as 'code'}`)} <Marked text={piece.text} piece={piece} />
    </span>
  );
}

function Marked({ text, piece }: { text: string; piece: { from: number; to: number } | undefined }) {
  const { before, hit, after } = atPiece(text, piece);
  return (
    <>
      {before}
      {hit !== '' && <mark>{hit}</mark>}
      {after}
    </>
  );
}

/** How much there is, when it is more than is listed; null else. */
function useTotal(of: SearchResult | undefined): string | null {
  const { t } = useTranslation();
  const language = useLanguage();
  if (of === undefined) return null;
  const { estimate, numberMatched = 0, numberReturned } = of;
  if (estimate === undefined && numberMatched <= numberReturned) return null;
  return estimate === undefined
    ? t('search.total', { all: exact(numberMatched, language), shown: numberReturned })
    : t('search.about', { all: abbreviate(estimate, language), shown: numberReturned });
}
