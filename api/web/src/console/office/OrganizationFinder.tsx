import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { SearchHit } from '../../api/client';
import { abbreviate, exact } from '../../format/number';
import { HitList } from '../../ui/SearchBox';
import { useDelayed } from '../../ui/useDelayed';
import type { Action } from '../api/contract';
import { childrenOf, useGeneration, usePathTo } from '../api/organizations';
import { useOrganizationSearch } from '../api/search';
import { useLanguage, useServices, useTexts } from '../services';
import { reachOf } from '../state/may';
import { Tree } from '../state/tree';
import { Fault, Nothing, Rows } from './Notice';
import { OrganizationTree } from './OrganizationTree';
import { useKnown } from './session';

export interface Chosen {
  id: number;
  name: string;
}

interface OrganizationFinderProps {
  /** Only where this may be done. */
  action: Action;
  /** null: none in particular; undefined: none was chosen yet. */
  chosen: number | null | undefined;
  choose: (organization: Chosen | null) => void;
  /** The day of which the tree is shown; today when it is null or missing. */
  day?: string | null;
  /** What stands for none in particular; without it one has to be chosen. */
  all?: string | undefined;
  /** Takes an address or a coordinate that was found; without it only organizations are. */
  onPlace?: (hit: SearchHit) => void;
}

/** Finds an organization: by its name, or down the tree. */
export function OrganizationFinder({
  action,
  chosen,
  choose,
  all,
  day = null,
  onPlace,
}: OrganizationFinderProps) {
  const { t } = useTexts();
  const { client } = useServices();
  const [text, setText] = useState('');
  const [active, setActive] = useState(-1);
  const [wide, setWide] = useState(false);
  const reach = reachOf(useKnown(), action);
  const key = JSON.stringify(reach);
  const block = useRef<HTMLDivElement>(null);
  const id = useId();
  const generation = useGeneration();
  const before = useRef<Tree | undefined>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what reach is, the generation when to read anew
  const tree = useMemo(
    () => new Tree(childrenOf(client, reach, day), before.current),
    [client, key, day, generation],
  );
  useEffect(() => {
    before.current = tree;
  }, [tree]);
  const pathTo = usePathTo();
  // biome-ignore lint/correctness/useExhaustiveDependencies: pathTo is another one each time, and does the same
  useEffect(() => {
    if (typeof chosen !== 'number') return;
    // What cannot be shown in the tree is none the less open beside it.
    void pathTo(chosen)
      .then((path) => tree.reveal(path))
      .catch(() => false);
  }, [tree, chosen]);
  const typed = text.trim();
  const query = useDelayed(typed, 150);
  // What may only be looked at is looked for elsewhere, too, when one asks for that.
  const widens = action === 'organization.read' && !reach.all;
  const places = onPlace !== undefined;
  const search = useOrganizationSearch({ q: query, reach: widens && wide ? null : reach, places, day });
  const hits = useMemo(() => search.data?.pages.flatMap(({ items }) => items) ?? [], [search.data]);
  const settled = query === typed && search.isSuccess && !search.isPlaceholderData;
  const take = (hit: SearchHit) => {
    if (hit.type === 'organization') choose({ id: hit.id, name: hit.name });
    else onPlace?.(hit);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const hit = hits[Math.max(0, active)];
    if (typed === '' && event.key === 'ArrowDown')
      block.current?.querySelector<HTMLElement>('[role=tree]')?.focus();
    else if (typed !== '' && step !== undefined && hits.length > 0)
      setActive(Math.min(hits.length - 1, Math.max(0, active + step)));
    else if (event.key === 'Enter' && settled && hit) take(hit);
    else if (event.key === 'Escape' && text !== '') {
      event.stopPropagation();
      setText('');
    } else return;
    event.preventDefault();
  };
  return (
    <div className="finder" ref={block}>
      <input
        className="input"
        type="search"
        role="combobox"
        aria-expanded={typed !== '' && hits.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        {...(typed !== '' && active >= 0 ? { 'aria-activedescendant': `${id}-${active}` } : {})}
        aria-label={t('organization.search')}
        placeholder={t('organization.search')}
        maxLength={100}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setActive(-1);
        }}
        onKeyDown={onKeyDown}
      />
      {typed !== '' && widens && <Where wide={wide} setWide={setWide} />}
      {all !== undefined && (
        <button
          type="button"
          className={chosen === null ? 'finder-all chosen' : 'finder-all'}
          aria-pressed={chosen === null}
          onClick={() => choose(null)}
        >
          {all}
        </button>
      )}
      {typed === '' ? (
        <OrganizationTree tree={tree} label={t('organization.tree')} chosen={chosen} choose={choose} />
      ) : (
        <Found
          id={id}
          query={query}
          own={!reach.all && !wide}
          search={search}
          hits={hits}
          active={active}
          chosen={chosen}
          take={take}
        />
      )}
    </div>
  );
}

/** Whether it is looked for below one's own organizations or everywhere. */
function Where({ wide, setWide }: { wide: boolean; setWide: (wide: boolean) => void }) {
  const { t } = useTexts();
  return (
    <fieldset className="chips finder-where">
      <legend className="visually-hidden">{t('organization.where')}</legend>
      {[false, true].map((one) => (
        <button
          key={String(one)}
          type="button"
          className="chip"
          aria-pressed={wide === one}
          onClick={() => setWide(one)}
        >
          {t(one ? 'organization.wide' : 'organization.own')}
        </button>
      ))}
    </fieldset>
  );
}

interface FoundProps {
  id: string;
  query: string;
  /** Whether it was looked for within one's reach only. */
  own: boolean;
  search: ReturnType<typeof useOrganizationSearch>;
  hits: readonly SearchHit[];
  active: number;
  chosen: number | null | undefined;
  take: (hit: SearchHit) => void;
}

function Found({ id, query, own, search, hits, active, chosen, take }: FoundProps) {
  const { t } = useTexts();
  if (search.isError && hits.length === 0)
    return <Fault error={search.error} retry={() => void search.refetch()} />;
  if (search.isPending) return <Rows count={4} />;
  return (
    <div className="found" aria-busy={search.isPlaceholderData}>
      {hits.length === 0 && (
        <Nothing text={t(own ? 'organization.noneOwn' : 'organization.none', { query })} />
      )}
      <Counted search={search} shown={hits.length} />
      {hits.length > 0 && (
        <HitList
          id={id}
          label={t('organization.search')}
          hits={hits}
          active={active}
          classOf={(hit) =>
            hit.type === 'organization' && hit.id === chosen ? 'found-one hit chosen' : 'found-one hit'
          }
          choose={take}
        />
      )}
      <More search={search} shown={hits.length} />
    </div>
  );
}

type Counting = Pick<FoundProps, 'search'> & { shown: number };

/** How many there are, and how many of them are listed. */
function Counted({ search, shown }: Counting) {
  const { t } = useTexts();
  const language = useLanguage();
  const { numberMatched, estimate = 0 } = search.data?.pages[0] ?? {};
  const text =
    numberMatched === undefined
      ? t('organization.about', { shown, all: abbreviate(estimate, language) })
      : numberMatched > shown
        ? t('organization.shown', { shown, all: exact(numberMatched, language) })
        : t('organization.found', { count: shown });
  return (
    <p className="quiet found-count" role="status">
      {shown > 0 && text}
    </p>
  );
}

function More({ search, shown }: Counting) {
  const { t } = useTexts();
  const { numberMatched, estimate = 0 } = search.data?.pages[0] ?? {};
  if (search.isFetchNextPageError && !search.isFetching)
    return <Fault error={search.error} retry={() => void search.fetchNextPage()} />;
  if (search.hasNextPage)
    return (
      <button
        type="button"
        className="button found-more"
        aria-busy={search.isFetchingNextPage}
        onClick={() => void search.fetchNextPage()}
      >
        {t('organization.more')}
      </button>
    );
  return shown < (numberMatched ?? estimate) ? (
    <p className="quiet found-count">{t('organization.narrower', { shown })}</p>
  ) : null;
}
