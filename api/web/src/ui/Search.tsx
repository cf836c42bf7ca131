import { type KeyboardEvent, type RefObject, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SearchHit } from '../api/client';
import { useSearch } from '../api/queries';
import { highlight } from '../format/highlight';
import { levelName } from '../state/division';
import { AddressNote } from './AddressNote';
import { useGo } from './go';
import { CloseIcon, SearchIcon } from './icons';
import { Problem } from './Problem';
import { useDelayed } from './useDelayed';

/** The one search box: a combobox after the ARIA pattern, with organizations and divisions in its list. */
export function Search({ input }: { input: RefObject<HTMLInputElement | null> }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const query = useDelayed(text.trim(), 150);
  const search = useSearch(query);
  const go = useGo();
  const id = useId();
  const hits = query === '' ? [] : (search.data?.items ?? []);
  const shown = open && text.trim() !== '';

  const choose = (hit: SearchHit) => {
    setOpen(false);
    setText(hit.type === 'address' ? text : hit.name);
    input.current?.blur();
    go.toHit(hit);
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
      if (hit && query === text.trim() && !search.isPlaceholderData) choose(hit);
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
        maxLength={100}
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
      <div className="hits" hidden={!shown} onPointerDown={(event) => event.preventDefault()}>
        {search.isError && <Problem error={search.error} retry={() => void search.refetch()} />}
        {search.isPending && query !== '' && !search.isError && <p className="quiet">{t('search.busy')}</p>}
        {search.isSuccess && hits.length === 0 && query !== '' && (
          <p className="quiet">{t('search.none', { query })}</p>
        )}
        <HitList id={id} hits={shown ? hits : []} query={query} active={active} choose={choose} />
      </div>
      <span className="visually-hidden" role="status">
        {shown && search.isSuccess ? t('search.count', { count: hits.length }) : ''}
      </span>
    </search>
  );
}

interface HitListProps {
  id: string;
  hits: readonly SearchHit[];
  query: string;
  active: number;
  choose: (hit: SearchHit) => void;
}

function HitList({ id, hits, query, active, choose }: HitListProps) {
  const { t } = useTranslation();
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector(`[id="${id}-${active}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [id, active]);
  return (
    <div id={`${id}-list`} role="listbox" aria-label={t('search.label')} ref={list}>
      {hits.map((hit, i) => (
        // The keyboard reaches options through the input, as the combobox pattern wants it.
        // biome-ignore lint/a11y/useKeyWithClickEvents: see above
        <div
          key={`${hit.type} ${hit.type === 'organization' ? hit.id : hit.type === 'coordinate' ? i : hit.code}`}
          id={`${id}-${i}`}
          role="option"
          tabIndex={-1}
          aria-selected={i === active}
          className="hit"
          onClick={() => choose(hit)}
        >
          <span className="hit-name">
            <Highlighted text={nameOf(hit)} query={query} />
          </span>
          <span className="hit-context">
            {hit.type === 'address' ? <AddressNote hit={hit} /> : hit.context}
          </span>
          <span className="hit-why">
            {(hit.type === 'organization' || hit.type === 'division') && (
              <>
                <HitKind hit={hit} />
                {' · '}
              </>
            )}
            {t(`search.match.${hit.match}`)}
          </span>
        </div>
      ))}
    </div>
  );
}

/** An address with the road and number that were not looked up. */
function nameOf(hit: SearchHit): string {
  return hit.type === 'address' && hit.rest !== '' ? `${hit.name} ${hit.rest}` : hit.name;
}

function HitKind({ hit }: { hit: Extract<SearchHit, { type: 'organization' | 'division' }> }) {
  const { t } = useTranslation();
  if (hit.type === 'division') return <>{t(`level.${levelName(hit.level)}`)}</>;
  return <>{t(`kind.${hit.kind as 'village_committee'}`, { defaultValue: hit.kind })}</>;
}

function Highlighted({ text, query }: { text: string; query: string }) {
  const { before, hit, after } = highlight(text, query);
  return (
    <>
      {before}
      {hit !== '' && <mark>{hit}</mark>}
      {after}
    </>
  );
}
