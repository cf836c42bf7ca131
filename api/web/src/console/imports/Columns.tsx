import { Button } from 'antd';
import { useState } from 'react';
import { type Import, type ImportField, type ImportMapping, useImportActions } from '../api/imports';
import { useCodes, useOrganization } from '../api/organizations';
import { Check } from '../office/Check';
import { Choice } from '../office/Choice';
import { Fault } from '../office/Notice';
import { OrganizationField } from '../office/OrganizationField';
import { useLanguage, useServices } from '../services';
import { metresIn } from '../state/verification';
import { Field } from '../ui/Field';
import { faultOf, fields, zones } from './mapping';
import { useImportTexts } from './texts';

/** What the columns of a file say, with a list for each; and what holds for the file as a whole. */
export function Columns({ job }: { job: Import }) {
  const { t } = useImportTexts();
  const { places } = useServices();
  const { map, act } = useImportActions(job.id);
  const [changed, setChanged] = useState<Partial<ImportMapping>>({});
  const mapping = { ...job.mapping, ...changed };
  const wrong = faultOf(mapping.columns);
  const change = (part: Partial<ImportMapping>) => setChanged((before) => ({ ...before, ...part }));
  /** Another sheet, row or encoding has other columns: the server looks again. */
  const look = (part: Partial<ImportMapping>) => {
    const { columns, ...rest } = { ...mapping, ...part };
    if (part.sheet !== undefined) rest.header_row = 0;
    map.mutate(rest, { onSuccess: () => setChanged({}) });
  };
  const check = async () => {
    await map.mutateAsync(mapping);
    await act.mutateAsync('check');
    places.filter({ edit: '' });
  };
  const busy = map.isPending || act.isPending;
  return (
    <form
      className="import-columns"
      onSubmit={(event) => {
        event.preventDefault();
        void check().catch(() => undefined);
      }}
    >
      <h2>{t('column.title')}</h2>
      <p className="quiet">{t(job.remembered ? 'column.remembered' : 'column.found')}</p>
      <FileOptions job={job} mapping={mapping} look={look} />
      <ColumnTable job={job} columns={mapping.columns} change={(columns) => change({ columns })} />
      <RowOptions mapping={mapping} change={change} />
      {wrong !== null && (
        <p className="field-error" role="alert">
          {wrong === 'none' ? t('column.needed') : t('column.twice', { field: t(`field.${wrong}`) })}
        </p>
      )}
      {map.isError && <Fault error={map.error} />}
      {act.isError && <Fault error={act.error} />}
      <div className="buttons">
        <Button
          type="primary"
          htmlType="submit"
          disabled={wrong !== null || mapping.accuracy_m === unreadable}
          loading={busy}
        >
          {t(job.state === 'checked' ? 'checkAgain' : 'check')}
        </Button>
        {job.state === 'checked' && (
          <Button onClick={() => places.filter({ edit: '' })}>{t('console:cancel')}</Button>
        )}
      </div>
    </form>
  );
}

interface FileOptionsProps {
  job: Import;
  mapping: ImportMapping;
  look: (part: Partial<ImportMapping>) => void;
}

function FileOptions({ job, mapping, look }: FileOptionsProps) {
  const { t } = useImportTexts();
  const rows = Array.from({ length: Math.max(10, mapping.header_row) }, (_, i) => String(i + 1));
  return (
    <div className="import-options">
      {job.sheets.length > 1 && (
        <Choice
          label={t('option.sheet')}
          value={mapping.sheet}
          onChange={(sheet) => look({ sheet })}
          options={job.sheets.map(({ name }) => [name, name] as const)}
        />
      )}
      <Choice
        label={t('option.header')}
        value={String(mapping.header_row)}
        onChange={(row) => look({ header_row: Number(row) })}
        options={rows.map((row) => [row, row] as const)}
      />
      {job.format === 'csv' && (
        <>
          <Choice
            label={t('option.encoding')}
            value={mapping.encoding}
            onChange={(encoding) => look({ encoding })}
            options={[
              ['utf-8', 'UTF-8'],
              ['gb18030', 'GB18030 / GBK'],
              ['utf-16le', 'UTF-16 LE'],
              ['utf-16be', 'UTF-16 BE'],
            ]}
          />
          <Choice
            label={t('option.delimiter')}
            value={mapping.delimiter}
            onChange={(delimiter) => look({ delimiter })}
            options={[
              [',', t('option.comma')],
              [';', t('option.semicolon')],
              ['\t', t('option.tab')],
            ]}
          />
        </>
      )}
    </div>
  );
}

interface ColumnTableProps {
  job: Import;
  columns: ImportMapping['columns'];
  change: (columns: ImportMapping['columns']) => void;
}

function ColumnTable({ job, columns, change }: ColumnTableProps) {
  const { t } = useImportTexts();
  const set = (at: number, field: ImportField | null) =>
    change(job.columns.map((_, i) => (i === at ? field : (columns[i] ?? null))));
  return (
    <table className="import-table">
      <thead>
        <tr>
          <th scope="col">{t('column.header')}</th>
          <th scope="col">{t('column.means')}</th>
          <th scope="col">{t('column.sample')}</th>
        </tr>
      </thead>
      <tbody>
        {job.columns.map(({ header, samples }, i) => {
          const name = header === '' ? t('column.unnamed', { n: i + 1 }) : header;
          const field = columns[i] ?? null;
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other identity, and never change places
            <tr key={i} data-left-out={field === null || undefined}>
              <th scope="row">{name}</th>
              <td>
                <select
                  className="input"
                  aria-label={`${name}: ${t('column.means')}`}
                  value={field ?? ''}
                  onChange={(event) => set(i, (event.target.value || null) as ImportField | null)}
                >
                  <option value="">{t('column.skip')}</option>
                  {fields.map((one) => (
                    <option key={one} value={one}>
                      {t(`field.${one}`)}
                    </option>
                  ))}
                </select>
              </td>
              <td className="import-sample">{samples.filter((text) => text !== '').join(' / ')}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

interface RowOptionsProps {
  mapping: ImportMapping;
  change: (part: Partial<ImportMapping>) => void;
}

function RowOptions({ mapping, change }: RowOptionsProps) {
  const { t } = useImportTexts();
  const language = useLanguage();
  const kinds = useCodes('organization_kind');
  const superior = useOrganization(mapping.superior);
  const systems: [string, string][] = [
    ['', t('option.crsNone')],
    ['EPSG:4326', 'WGS84'],
    ['EPSG:4490', 'CGCS2000'],
    ['gcj02', t('option.gcj02')],
    ['bd09', t('option.bd09')],
    ...zones().map(([code, meridian]): [string, string] => [code, t('option.zone', { meridian })]),
  ];
  const known = systems.some(([code]) => code === mapping.crs);
  return (
    <div className="import-options">
      <Choice
        label={t('option.crs')}
        value={mapping.crs}
        onChange={(crs) => change({ crs })}
        options={known ? systems : [...systems, [mapping.crs, mapping.crs] as [string, string]]}
      />
      <Accuracy mapping={mapping} change={change} />
      <Choice
        label={t('option.kind')}
        value={mapping.kind}
        onChange={(kind) => change({ kind })}
        options={[
          ['', t('option.kindNone')] as const,
          ...(kinds.data?.items ?? []).map((kind) => [kind.code, kind[language]] as const),
        ]}
      />
      <OrganizationField
        label={t('option.superior')}
        action="organization.write"
        value={mapping.superior === null ? null : { id: mapping.superior, name: superior.data?.name ?? '…' }}
        all={t('option.superiorNone')}
        onChange={(organization) => change({ superior: organization?.id ?? null })}
      />
      <Check checked={mapping.clear} onChange={(clear) => change({ clear })}>
        {t('option.clear')}
      </Check>
      <Check checked={mapping.accept_outside} onChange={(accept_outside) => change({ accept_outside })}>
        {t('option.outside')}
      </Check>
    </div>
  );
}

/** Stands for a number that cannot be read. */
const unreadable = -1;

/** To how many metres the coordinates are known of which no cell tells it. */
function Accuracy({ mapping, change }: RowOptionsProps) {
  const { t } = useImportTexts();
  const [text, setText] = useState(mapping.accuracy_m > 0 ? String(mapping.accuracy_m) : '');
  return (
    <Field
      label={t('option.accuracy')}
      value={text}
      inputMode="decimal"
      maxLength={12}
      hint={t('option.accuracyHint')}
      error={metresIn(text) === null && t('option.accuracyBad')}
      onChange={(typed) => {
        setText(typed);
        change({ accuracy_m: metresIn(typed) ?? unreadable });
      }}
    />
  );
}
