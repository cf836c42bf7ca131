import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDay } from '../../api/queries';
import { exact } from '../../format/number';
import { romanize } from '../../format/romanize';
import { sortKinds } from '../../map/kinds';
import { useLanguage, useServices } from '../../services';
import { levelName } from '../../state/division';
import { csv, download } from '../../tools/csv';
import { useKindName } from '../useKinds';
import type { Counted } from './counted';
import { DownloadIcon } from './icons';
import { type Named, namesQuery, type Placed, parentsOf } from './useNames';
import { useTools } from './useTools';

/** Saves the divisions that an area touches as CSV: code, names in both scripts, what is above, and numbers by kind. */
export function SaveDivisions({ counted }: { counted: Counted }) {
  const { t } = useTools();
  const { t: page } = useTranslation();
  const language = useLanguage();
  const kindName = useKindName();
  const names = useAllNames();
  const [state, setState] = useState<number | 'failed' | null>(null);
  const save = async () => {
    setState(0);
    try {
      const of = await names(
        counted.divisions.map(([code]) => code),
        setState,
      );
      const kinds = sortKinds(counted.kinds.map(([kind]) => kind));
      const level = page(`level.${levelName(counted.level)}`);
      const head = [t('csv.code'), level, t('csv.pinyin'), t('csv.above'), t('own.organizations')];
      download(
        `jingwei-${levelName(counted.level)}.csv`,
        csv([[...head, ...kinds.map(kindName)], ...rowsOf(counted, kinds, of)]),
      );
      setState(null);
    } catch {
      setState('failed');
    }
  };
  return (
    <>
      <button
        type="button"
        className="button"
        data-act="csv"
        disabled={typeof state === 'number'}
        onClick={() => void save()}
      >
        <DownloadIcon />{' '}
        {typeof state === 'number' && state > 0
          ? t('csv.progress', { done: exact(state, language) })
          : t('own.csv')}
      </button>
      {state === 'failed' && <p role="alert">{t('csv.failed')}</p>}
    </>
  );
}

/** A row for each division, the most organizations first. */
export function rowsOf(
  { divisions, groups }: Pick<Counted, 'divisions' | 'groups'>,
  kinds: readonly string[],
  names: ReadonlyMap<string, Placed>,
): (string | number)[][] {
  const cells = new Map(groups.map(({ count, kind, division }) => [`${division ?? ''} ${kind}`, count]));
  return divisions.map(([code, count]) => {
    const named = names.get(code);
    const of = kinds.map((kind) => cells.get(`${code} ${kind}`) ?? 0);
    return [code, named?.name ?? '', latin(named), named?.above?.name ?? '', count, ...of];
  });
}

function latin(named: Named | undefined): string {
  return named ? romanize(named.name, named.pinyin) : '';
}

/** Lists of names that are asked for at once. */
const atOnce = 6;

/** The names of any number of divisions, list by list; tells how many lists are there. */
function useAllNames() {
  const queries = useQueryClient();
  const { client } = useServices();
  const day = useDay();
  return async (codes: readonly string[], progress: (done: number) => void) => {
    const parents = parentsOf(codes);
    const found = new Map<string, Placed>();
    for (let i = 0; i < parents.length; i += atOnce) {
      const some = parents.slice(i, i + atOnce);
      const lists = await Promise.all(
        some.map((parent) => queries.fetchQuery(namesQuery(client, parent, day))),
      );
      for (const [code, named] of lists.flat()) found.set(code, named);
      progress(i + some.length);
    }
    return found;
  };
}
