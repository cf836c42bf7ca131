import { useMedia } from '../../../../ui/useSize';
import { useCodes } from '../../../api/organizations';
import type { TableFilter } from '../../../api/table';
import { useServices } from '../../../services';
import { statuses } from '../../../state/registration';
import { columns, sortText } from '../../../state/table';
import { locationStates } from '../../../state/verification';
import { Choice } from '../../Choice';
import { useTableNames } from './useTableNames';
import { useTableWords } from './useTableWords';

/** What the table is filtered by; at a phone, which has no headers, also what it is sorted by. */
export function TableFilters({ filter }: { filter: TableFilter }) {
  const { t } = useTableWords();
  const narrow = useMedia('(max-width: 719px)');
  if (!narrow) return <Conditions filter={filter} narrow={false} />;
  const used = filter.kind !== '' || filter.status !== '' || filter.state !== '' || filter.sort !== null;
  return (
    <details className="table-fold" open={used || undefined}>
      <summary>{t('filter.fold')}</summary>
      <Conditions filter={filter} narrow />
    </details>
  );
}

function Conditions({ filter, narrow }: { filter: TableFilter; narrow: boolean }) {
  const { t } = useTableWords();
  const { places } = useServices();
  const names = useTableNames();
  const kinds = useCodes('organization_kind').data?.items ?? [];
  const named = (column: (typeof columns)[number], direction: 'ascending' | 'descending') =>
    t(`filter.${direction}`, { column: names.column(column) });
  return (
    <fieldset className="table-filters">
      <legend className="visually-hidden">{t('filter.label')}</legend>
      <Choice<string>
        label={t('filter.kind')}
        value={filter.kind}
        onChange={(kind) => places.filter({ kind })}
        options={[['', t('filter.anyKind')], ...kinds.map(({ code }) => [code, names.kind(code)] as const)]}
      />
      <Choice<string>
        label={t('filter.status')}
        value={filter.status}
        onChange={(status) => places.filter({ status })}
        options={[['', t('filter.anyStatus')], ...statuses.map((one) => [one, names.status(one)] as const)]}
      />
      <Choice<string>
        label={t('filter.state')}
        value={filter.state}
        onChange={(state) => places.filter({ state })}
        options={[
          ['', t('filter.anyState')],
          ...locationStates.map((one) => [one, names.state(one)] as const),
        ]}
      />
      {narrow && (
        <Choice<string>
          label={t('filter.sort')}
          value={sortText(filter.sort)}
          onChange={(sort) => places.filter({ sort })}
          options={[
            ['', t('filter.unsorted')],
            ...columns.flatMap((column) => [
              [column, named(column, 'ascending')] as const,
              [`-${column}`, named(column, 'descending')] as const,
            ]),
          ]}
        />
      )}
    </fieldset>
  );
}
