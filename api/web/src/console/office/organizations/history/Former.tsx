import { isGone } from '../../../api/client';
import { useHistory } from '../../../api/history';
import { useMayWith } from '../../../api/plans';
import { Fault, Nothing, Rows } from '../../Notice';
import { Tag } from '../../Tag';
import { Succession } from './Succession';
import { Timeline } from './Timeline';
import { useHistoryWords } from './useHistoryWords';
import './history.css';

/** An organization that does not exist any more: what it was, and the way back. */
export default function Former({ id }: { id: number }) {
  const { t } = useHistoryWords();
  const writes = useMayWith(id, 'organization.write');
  const history = useHistory(id);
  if (history.isPending) return <Rows count={6} />;
  if (history.isError) {
    return (
      <Nothing text={t('gone.hidden')}>{!isGone(history.error) && <Fault error={history.error} />}</Nothing>
    );
  }
  const items = history.data.pages.flatMap((page) => page.items);
  const name = items.find((write) => write.content)?.content?.name ?? '';
  return (
    <div className="history blocks">
      <header className="registry-head">
        <h2>{name}</h2>
        <Tag tone="warn">{t('gone.tag')}</Tag>
      </header>
      <p>{t('gone.text')}</p>
      <Succession id={id} />
      <Timeline id={id} name={name} version={items[0]?.version ?? 0} writes={writes} retired />
    </div>
  );
}
