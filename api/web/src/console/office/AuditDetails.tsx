import { Button } from 'antd';
import type { AuditEntry } from '../api/contract';
import { differences } from '../format/difference';
import { useServices, useTexts } from '../services';
import { objectName } from '../state/audit';

/** What an entry changed, part by part, and from where it was done. */
export function AuditDetails({ entry }: { entry: AuditEntry }) {
  const { t } = useTexts();
  const { places } = useServices();
  const parts = differences(entry.before, entry.after);
  const object = objectName(entry);
  return (
    <div className="audit-details">
      {parts.length === 0 ? (
        <p className="quiet">{t('audit.same')}</p>
      ) : (
        <table className="difference">
          <thead>
            <tr>
              <th scope="col">{t('audit.part')}</th>
              <th scope="col">{t('audit.before')}</th>
              <th scope="col">{t('audit.after')}</th>
            </tr>
          </thead>
          <tbody>
            {parts.map(({ path, before, after }) => (
              <tr key={path}>
                <th scope="row">
                  <PartName path={path} />
                </th>
                <td>{before === null ? <span className="quiet">—</span> : <del>{said(before, t)}</del>}</td>
                <td>{after === null ? <span className="quiet">—</span> : <ins>{said(after, t)}</ins>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <dl className="facts">
        <div>
          <dt>{t('audit.via')}</dt>
          <dd>{t(`via.${entry.via}`)}</dd>
        </div>
        <div>
          <dt>{t('audit.address')}</dt>
          <dd>{entry.address || '—'}</dd>
        </div>
        <div>
          <dt>{t('audit.request')}</dt>
          <dd>
            <code>{entry.request_id || '—'}</code>
          </dd>
        </div>
      </dl>
      <div className="buttons">
        <Button onClick={() => places.filter({ actor: entry.actor })}>{t('audit.onlyActor')}</Button>
        {object !== '' && <Button onClick={() => places.filter({ object })}>{t('audit.onlyObject')}</Button>}
      </div>
    </div>
  );
}

/** Yes and no in words; anything else as it is. */
function said(value: string, t: ReturnType<typeof useTexts>['t']): string {
  if (value === 'true') return t('yes');
  return value === 'false' ? t('no') : value;
}

/** The name of a part in words when there are words for it, else as it is. */
function PartName({ path }: { path: string }) {
  const { t } = useTexts();
  return <>{t(`part.${path.replaceAll('.', '_')}` as 'part.name', { defaultValue: path })}</>;
}
