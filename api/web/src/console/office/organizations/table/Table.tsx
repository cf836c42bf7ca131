import { Button } from 'antd';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { exact } from '../../../../format/number';
import { useOrganization } from '../../../api/organizations';
import { useLanguage, useServices } from '../../../services';
import { type Column, nothingPicked, type Picking, sortText, turned } from '../../../state/table';
import { Fault, Nothing, Rows } from '../../Notice';
import { BulkBar } from './BulkBar';
import { Grid } from './Grid';
import { TableFilters } from './TableFilters';
import { useOpen, type useTableState } from './useTableState';
import { useTableWords } from './useTableWords';

type State = ReturnType<typeof useTableState>;

interface TableProps {
  state: State;
  picking: Picking;
  pick: (picking: Picking) => void;
}

/** The table with its filters above it, and below it what can be done with what is chosen. */
export function Table({ state, picking, pick }: TableProps) {
  const { t } = useTableWords();
  const { places } = useServices();
  const { filter, table, lines, matched } = state;
  const open = useOpen();
  const part = useRef<HTMLElement>(null);
  const filtered = filter.kind !== '' || filter.status !== '' || filter.state !== '';
  const { sort } = filter;
  const onSort = useCallback(
    (column: Column) => places.filter({ sort: sortText(turned(sort, column)) }),
    [places, sort],
  );
  // Another list has other rows: nothing of what was chosen may be changed unseen.
  const { within, kind, status, state: step, day } = filter;
  const list = [within, kind, status, step, day].join();
  const before = useRef(list);
  useEffect(() => {
    if (before.current === list) return;
    before.current = list;
    pick(nothingPicked);
  }, [list, pick]);
  const onEnd = () => {
    if (table.hasNextPage && !table.isFetching && !table.isError) void table.fetchNextPage();
  };
  const chosen = useMemo(() => lines.filter(({ id }) => picking.chosen.has(id)), [lines, picking.chosen]);
  const unchoose = () => {
    pick({ ...nothingPicked, active: picking.active });
    part.current?.querySelector<HTMLElement>('[role=grid]')?.focus();
  };
  return (
    <section className="table-part" ref={part} aria-label={t('title')} aria-busy={table.isPlaceholderData}>
      <Within id={filter.within} />
      <TableFilters filter={filter} />
      {filter.day !== null && <p className="field-hint">{t('past', { day: filter.day })}</p>}
      {table.isError && lines.length === 0 && (
        <Fault error={table.error} retry={() => void table.refetch()} />
      )}
      {table.isPending && <Rows count={12} />}
      {table.isSuccess && lines.length === 0 && (
        <Nothing text={t(filtered ? 'noneFiltered' : 'none')}>
          {filtered && (
            <Button onClick={() => places.filter({ kind: '', status: '', state: '' })}>
              {t('console:filter.clear')}
            </Button>
          )}
        </Nothing>
      )}
      {lines.length > 0 && (
        <Grid
          lines={lines}
          matched={matched}
          picking={picking}
          pick={pick}
          sort={filter.sort}
          onSort={onSort}
          onOpen={open}
          onLeave={() => open(null)}
          onEnd={onEnd}
        />
      )}
      <Foot state={state} />
      {chosen.length > 0 && <BulkBar chosen={chosen} past={filter.day !== null} onClear={unchoose} />}
    </section>
  );
}

/** The node of the tree whose organizations are listed. */
function Within({ id }: { id: number | null }) {
  const { t } = useTableWords();
  const { places } = useServices();
  const open = useOpen();
  const { data } = useOrganization(id);
  const name = data?.name ?? '';
  return (
    <div className="table-within">
      {id === null ? (
        <h2>{t('everything')}</h2>
      ) : (
        <>
          <h2>
            <button type="button" className="link" onClick={() => open(id)}>
              {name}
            </button>
          </h2>
          <button type="button" className="button" onClick={() => places.filter({ within: '' })}>
            {t('everything')}
          </button>
        </>
      )}
    </div>
  );
}

/** How many there are, how many of them are here, and what is being read. */
function Foot({ state: { table, lines, matched } }: { state: State }) {
  const { t } = useTableWords();
  const language = useLanguage();
  if (!table.data) return null;
  const busy = table.isFetchingNextPage ? t('loading') : table.isFetching ? t('updating') : null;
  return (
    <div className="table-foot">
      <p className="quiet" role="status">
        <span data-matched={matched}>{t('matched', { total: exact(matched, language) })}</span>
        {lines.length < matched && ` · ${t('loaded', { loaded: exact(lines.length, language) })}`}
        {busy && ` · ${busy}`}
      </p>
      {table.isError && lines.length > 0 && (
        <p role="alert">
          {t('failed')}{' '}
          <button type="button" className="link" onClick={() => void table.fetchNextPage()}>
            {t('again')}
          </button>
        </p>
      )}
      <p className="quiet keys">{t('keys')}</p>
    </div>
  );
}
