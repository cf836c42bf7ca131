import { useEffect, useMemo, useRef, useState } from 'react';
import { useDelayed } from '../../ui/useDelayed';
import type { Action } from '../api/contract';
import { childrenOf, useGeneration, useOrganizationSearch, usePathTo } from '../api/organizations';
import { useServices, useTexts } from '../services';
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
}

/** Finds an organization: by its name, or down the tree. */
export function OrganizationFinder({ action, chosen, choose, all, day = null }: OrganizationFinderProps) {
  const { t } = useTexts();
  const { client } = useServices();
  const { actions } = useKnown();
  const [text, setText] = useState('');
  const reach = actions[action];
  const key = JSON.stringify(reach ?? null);
  const generation = useGeneration();
  const before = useRef<Tree | undefined>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says what reach is, the generation when to read anew
  const tree = useMemo(
    () => new Tree(childrenOf(client, reach ?? { all: false, roots: [] }, day), before.current),
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
  return (
    <div className="finder">
      <input
        className="input"
        type="search"
        aria-label={t('organization.search')}
        placeholder={t('organization.search')}
        maxLength={100}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
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
      {text.trim() === '' ? (
        <OrganizationTree tree={tree} label={t('organization.tree')} chosen={chosen} choose={choose} />
      ) : (
        <Found text={text.trim()} chosen={chosen} choose={choose} />
      )}
    </div>
  );
}

interface FoundProps {
  text: string;
  chosen: number | null | undefined;
  choose: (organization: Chosen) => void;
}

function Found({ text, chosen, choose }: FoundProps) {
  const { t } = useTexts();
  const query = useDelayed(text, 150);
  const search = useOrganizationSearch(query);
  if (search.isError) return <Fault error={search.error} retry={() => void search.refetch()} />;
  if (search.isPending) return <Rows count={4} />;
  const hits = search.data;
  return (
    <div className="found" aria-busy={search.isPlaceholderData}>
      <span className="visually-hidden" role="status">
        {t('organization.found', { count: hits.length })}
      </span>
      {hits.length === 0 && <Nothing text={t('organization.none', { query })} />}
      <ul>
        {hits.map((hit) => (
          <li key={hit.id}>
            <button
              type="button"
              className={hit.id === chosen ? 'found-one chosen' : 'found-one'}
              onClick={() => choose({ id: hit.id, name: hit.name })}
            >
              <span>{hit.name}</span>
              <span className="quiet">
                {hit.context}
                {hit.matched && hit.matched.field !== 'name' && ` · ${hit.matched.text}`}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
