import { listed } from '../../../../format/list';
import type { MergeInput, Reorganization, SplitInput } from '../../../api/contract';
import { staleIn, usePreview } from '../../../api/history';
import { useLanguage } from '../../../services';
import { Fault, Rows } from '../../Notice';
import { useHistoryWords } from './useHistoryWords';

/** How many of those that move are named. */
const mostNamed = 8;

interface PreviewProps {
  kind: 'merge' | 'split';
  /** What would be sent; null while something is missing. */
  body: MergeInput | SplitInput | null;
  date: string;
}

/** What would happen, as the server finds it out without doing it. */
export function Preview({ kind, body, date }: PreviewProps) {
  const { t } = useHistoryWords();
  const preview = usePreview(kind, body);
  return (
    <section className="preview" aria-live="polite">
      <h3>{t('preview.title')}</h3>
      {body === null && <p className="quiet">{t('preview.wait')}</p>}
      {body !== null && preview.isPending && <Rows count={2} />}
      {body !== null && preview.isError && !staleIn(preview.error) && <Fault error={preview.error} />}
      {body !== null && preview.data && <Effects kind={kind} what={preview.data} date={date} />}
    </section>
  );
}

function Effects({ kind, what, date }: { kind: 'merge' | 'split'; what: Reorganization; date: string }) {
  const { t } = useHistoryWords();
  return (
    <ul className="effects">
      {what.sources.map(({ id, name, retired }) => (
        <li key={id}>{retired ? t('preview.ends', { name, date }) : t('preview.goesOn', { name })}</li>
      ))}
      {what.targets.map(({ id, name, version }) => (
        <li key={id}>{t(kind === 'split' && version === 1 ? 'preview.made' : 'preview.into', { name })}</li>
      ))}
      <li data-moved={what.moved.length}>
        {what.moved.length === 0 ? t('preview.movedNone') : t('preview.moved', { count: what.moved.length })}
        <Names names={what.moved.map(({ name }) => name)} />
      </li>
      <Grants what={what} />
    </ul>
  );
}

function Names({ names }: { names: readonly string[] }) {
  const { t } = useHistoryWords();
  const language = useLanguage();
  const rest = names.length - mostNamed;
  return (
    <span className="quiet">
      {listed(names.slice(0, mostNamed), language)}
      {rest > 0 && ` ${t('preview.and', { count: rest })}`}
    </span>
  );
}

function Grants({ what: { grants, hidden_grants: hidden } }: { what: Reorganization }) {
  const { t } = useHistoryWords();
  if (grants.length + hidden === 0) return <li>{t('preview.grantsNone')}</li>;
  return (
    <>
      {grants.length > 0 && (
        <li className="warned">
          {t('preview.grants', { count: grants.length })}
          <Names
            names={grants.map(
              (grant) => `${grant.display_name} (${t(`console:role.${grant.role as 'registrar'}`)})`,
            )}
          />
        </li>
      )}
      {hidden > 0 && <li className="warned">{t('preview.grantsHidden', { count: hidden })}</li>}
    </>
  );
}
