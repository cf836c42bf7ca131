import type { OrganizationSuccession } from '../../../api/contract';
import { useSuccession } from '../../../api/history';
import { Fault } from '../../Notice';
import { Tag } from '../../Tag';
import { useLinkTo } from '../useLinkTo';
import { useHistoryWords } from './useHistoryWords';

/** What an organization came from, and what it went into; nothing while there is nothing. */
export function Succession({ id }: { id: number }) {
  const { t } = useHistoryWords();
  const succession = useSuccession(id);
  if (succession.isError) return <Fault error={succession.error} retry={() => void succession.refetch()} />;
  const { predecessors = [], successors = [] } = succession.data ?? {};
  if (predecessors.length + successors.length === 0) return null;
  return (
    <section className="block succession" aria-labelledby="succession-title">
      <h3 id="succession-title">{t('succession.title')}</h3>
      <Side side="before" items={predecessors} />
      <Side side="after" items={successors} />
    </section>
  );
}

type Items = OrganizationSuccession['successors'];

function Side({ side, items }: { side: 'before' | 'after'; items: Items }) {
  const { t } = useHistoryWords();
  const linkTo = useLinkTo();
  if (items.length === 0) return null;
  return (
    <>
      <h4>{t(`succession.${side}`)}</h4>
      <ul>
        {items.map(({ kind, date, id, name, retired }) => (
          <li key={`${kind} ${date} ${id}`}>
            <a href={linkTo(id, 'history')}>{name}</a>
            {retired && <Tag tone="plain">{t('succession.retired')}</Tag>}
            <span className="quiet">{t(`succession.${kind}.${side}`, { date })}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
