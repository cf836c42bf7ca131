import { useQueryClient } from '@tanstack/react-query';
import { Button, Drawer } from 'antd';
import { lazy, Suspense, useMemo, useState } from 'react';
import { dayAt } from '../../../../format/day';
import { exact } from '../../../../format/number';
import { csv, download } from '../../../../tools/csv';
import { divisionQuery } from '../../../api/organizations';
import { mostAtOnce, namesOf } from '../../../api/table';
import { useWrite } from '../../../api/useWrite';
import { useLanguage, useServices } from '../../../services';
import { may } from '../../../state/may';
import { type Line, tableRows } from '../../../state/table';
import { Fault, Rows } from '../../Notice';
import { useKnown } from '../../session';
import { ChangeDialog, type Member } from './ChangeDialog';
import { useTableNames } from './useTableNames';
import { useTableWords } from './useTableWords';

const AskForm = lazy(async () => ({ default: (await import('../../tasks/AskForm')).AskForm }));

const members = ['status', 'kind', 'level', 'parent'] as const satisfies readonly Member[];

interface BulkBarProps {
  chosen: readonly Line[];
  /** They are those of a past day, of which nothing can be changed. */
  past: boolean;
  onClear: () => void;
}

/** What can be done with the chosen organizations at once. */
export function BulkBar({ chosen, past, onClear }: BulkBarProps) {
  const { t } = useTableWords();
  const session = useKnown();
  const language = useLanguage();
  const { places } = useServices();
  const [doing, setDoing] = useState<Member | 'ask' | null>(null);
  const ids = useMemo(() => chosen.map(({ id }) => id), [chosen]);
  const file = useFile(chosen);
  const many = chosen.length > mostAtOnce;
  const writes = may(session, 'organization.write') && !past;
  const asks = may(session, 'task.ask') && !past;
  const close = () => setDoing(null);
  return (
    <section className="bulk-bar" aria-label={t('bulk.label')}>
      <div className="bulk-head">
        <p role="status">
          <strong>{t('chosen', { n: exact(chosen.length, language) })}</strong>
          {many && ` · ${t('most', { most: mostAtOnce })}`}
        </p>
        <button type="button" className="link" onClick={onClear}>
          {t('unchoose')}
        </button>
      </div>
      <div className="buttons">
        {writes &&
          members.map((member) => (
            <Button key={member} disabled={many} onClick={() => setDoing(member)}>
              {t(`bulk.${member}`)}
            </Button>
          ))}
        {asks && (
          <Button disabled={many} onClick={() => setDoing('ask')}>
            {t('bulk.ask')}
          </Button>
        )}
        <Button disabled={many} loading={file.isPending} onClick={() => file.mutate()}>
          {file.isPending ? t('bulk.filing', { done: file.done, all: chosen.length }) : t('bulk.file')}
        </Button>
      </div>
      {file.isError && <Fault error={file.error} retry={() => file.mutate()} />}
      {doing !== null && doing !== 'ask' && (
        <ChangeDialog member={doing} chosen={chosen} onClose={close} onDone={close} />
      )}
      <Drawer
        title={t('ask.title', { n: exact(chosen.length, language) })}
        open={doing === 'ask'}
        onClose={close}
        size={520}
        destroyOnHidden
        rootClassName="drawer"
      >
        <Suspense fallback={<Rows count={6} />}>
          <AskForm
            organizations={ids}
            onSent={() => places.go({ page: 'tasks', query: { list: 'asked' } })}
          />
        </Suspense>
      </Drawer>
    </section>
  );
}

/** Gives the chosen rows as a file, as the table shows them. The names of divisions are read for it. */
function useFile(chosen: readonly Line[]) {
  const { t } = useTableWords();
  const { client } = useServices();
  const queries = useQueryClient();
  const names = useTableNames();
  const [done, setDone] = useState(0);
  const filing = useWrite({
    mutationFn: async () => {
      setDone(0);
      const read = async (code: string) => (await queries.fetchQuery(divisionQuery(client, code))).name;
      const divisions = await namesOf(
        chosen.map(({ division }) => division),
        read,
        setDone,
      );
      const rows = tableRows(chosen, {
        ...names,
        header: (column) =>
          column === 'location_accuracy_m' ? t('column.accuracyInFile') : names.column(column),
        division: (code) => divisions.get(code) ?? code,
      });
      download(`${t('bulk.fileName')}-${dayAt(new Date())}.csv`, csv(rows));
    },
  });
  return { ...filing, done };
}
