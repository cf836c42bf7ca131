import { Button, Table } from 'antd';
import { exact } from '../../format/number';
import { useMedia } from '../../ui/useSize';
import { useAudit } from '../api/audit';
import type { AuditEntry } from '../api/contract';
import { when } from '../format/when';
import { useLanguage, useServices, useTexts } from '../services';
import { auditKinds, isAuditAction } from '../state/audit';
import { useRoute } from '../state/route';
import { AuditDetails } from './AuditDetails';
import { AuditFilters } from './AuditFilters';
import { Fault, Nothing, Rows } from './Notice';
import { Tag } from './Tag';

/** Who did what, newest first. */
export function Audit() {
  const { t } = useTexts();
  const { places } = useServices();
  const language = useLanguage();
  const { query } = useRoute();
  const audit = useAudit(query);
  const items = audit.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = Object.keys(query).length > 0;
  return (
    <div className="listing" aria-busy={audit.isPlaceholderData}>
      <div className="listing-head">
        <h1>{t('nav.audit')}</h1>
        <Button onClick={() => void audit.refetch()}>{t('audit.refresh')}</Button>
      </div>
      <AuditFilters />
      {audit.isError && <Fault error={audit.error} retry={() => void audit.refetch()} />}
      {audit.isPending && <Rows count={8} />}
      {audit.isSuccess && items.length === 0 && (
        <Nothing text={t(filtered ? 'audit.noneFound' : 'audit.none')}>
          {filtered && <Button onClick={() => places.go({ page: 'audit' })}>{t('filter.clear')}</Button>}
        </Nothing>
      )}
      {items.length > 0 && (
        <>
          <Entries items={items} />
          <p className="quiet centre" role="status">
            {t('audit.shown', { count: items.length, shown: exact(items.length, language) })}
          </p>
          {audit.hasNextPage && (
            <Button block loading={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
              {t('audit.older')}
            </Button>
          )}
        </>
      )}
    </div>
  );
}

/** A table whose rows open; on a phone cards that do. */
function Entries({ items }: { items: readonly AuditEntry[] }) {
  const { t } = useTexts();
  const language = useLanguage();
  const narrow = useMedia('(max-width: 719px)');
  if (narrow) {
    return (
      <ul className="cards">
        {items.map((entry) => (
          <li key={entry.id}>
            <details className="audit-card audit-entry">
              <summary>
                <span className="card-name">
                  <ActionName action={entry.action} />
                </span>
                <Sealed sealed={entry.sealed} />
                <span>
                  {entry.actor} ·{' '}
                  <span className="quiet">
                    <ObjectName entry={entry} />
                  </span>
                </span>
                <span className="quiet number">{when(entry.at, language, true)}</span>
              </summary>
              <AuditDetails entry={entry} />
            </details>
          </li>
        ))}
      </ul>
    );
  }
  return (
    <Table<AuditEntry>
      rowKey="id"
      size="middle"
      pagination={false}
      dataSource={[...items]}
      expandable={{
        expandedRowRender: (entry) => <AuditDetails entry={entry} />,
        expandRowByClick: true,
      }}
      columns={[
        {
          title: t('audit.at'),
          width: 190,
          render: (_, entry) => <span className="number">{when(entry.at, language, true)}</span>,
        },
        { title: t('audit.actor'), dataIndex: 'actor' },
        { title: t('audit.action'), render: (_, entry) => <ActionName action={entry.action} /> },
        { title: t('audit.object'), render: (_, entry) => <ObjectName entry={entry} /> },
        { title: t('account.organization'), render: (_, entry) => entry.organization?.name ?? '—' },
        { title: t('audit.seal'), width: 100, render: (_, entry) => <Sealed sealed={entry.sealed} /> },
      ]}
    />
  );
}

/** The action in words when there are words for it, else as it is called. */
function ActionName({ action }: { action: string }) {
  const { t } = useTexts();
  return <>{isAuditAction(action) ? t(`did.${action}`) : action}</>;
}

/** The kind of an object in words, and its number. */
export function ObjectName({ entry }: { entry: AuditEntry }) {
  const { t } = useTexts();
  if (entry.object === null) return <>—</>;
  const { kind, id } = entry.object;
  const known = auditKinds.find((one) => one === kind);
  return (
    <>
      {known ? t(`object.${known}`) : kind} {id !== null && <span className="number">{id}</span>}
    </>
  );
}

function Sealed({ sealed }: { sealed: boolean }) {
  const { t } = useTexts();
  return (
    <Tag tone={sealed ? 'good' : 'plain'} title={t(sealed ? 'audit.sealedText' : 'audit.unsealedText')}>
      {t(sealed ? 'audit.sealed' : 'audit.unsealed')}
    </Tag>
  );
}
