import { useEffect, useState } from 'react';
import { useServices } from '../../services';
import type { Kept } from '../../state/outbox';
import { formatRoute } from '../../state/route';
import { CloseIcon } from '../icons';
import { useKept, useOutbox } from '../outbox';
import { Tag } from '../Tag';
import { useWords } from './useWords';

/** Forms that are not registered yet, with their age and what they wait for. */
export function Drafts() {
  const { t } = useWords();
  const kept = useKept();
  const outbox = useOutbox();
  if (kept.length === 0) return null;
  const waits = kept.some(({ state }) => state === 'waiting');
  return (
    <section className="drafts" aria-labelledby="drafts-title">
      <h2 id="drafts-title">{t('draft.title', { n: kept.length })}</h2>
      <ul>
        {kept.map((one) => (
          <Line key={one.id} kept={one} />
        ))}
      </ul>
      {waits && (
        <button type="button" className="link" onClick={() => void outbox.flush()}>
          {t('draft.now')}
        </button>
      )}
    </section>
  );
}

const tones = { draft: 'plain', waiting: 'warn', refused: 'bad' } as const;

function Line({ kept }: { kept: Kept }) {
  const { t } = useWords();
  const { undoing } = useServices();
  const outbox = useOutbox();
  const name = kept.filled.name.trim() || t('draft.unnamed');
  const drop = () => {
    outbox.drop(kept.id);
    undoing.offer(t('draft.dropped', { name }), async () => outbox.restore(kept));
  };
  return (
    <li>
      <a href={addressOf(kept)}>
        <span className="draft-name">{name}</span>
        <Tag tone={tones[kept.state]}>{t(`draft.${kept.state}`)}</Tag>
        <span className="quiet">
          <Age at={kept.at} />
        </span>
      </a>
      <button type="button" className="square" aria-label={t('draft.drop', { name })} onClick={drop}>
        <CloseIcon />
      </button>
    </li>
  );
}

function addressOf({ id, organization }: Kept): string {
  if (organization) {
    return formatRoute({ page: 'organizations', item: String(organization.id), query: { tab: 'edit' } });
  }
  return formatRoute({ page: 'organizations', item: 'new', query: { draft: id } });
}

/** How long ago something was, in the largest unit that fits. */
function Age({ at }: { at: number }) {
  const { t } = useWords();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  const minutes = Math.max(0, Math.round((now - at) / 60_000));
  if (minutes < 1) return <>{t('draft.age.now')}</>;
  if (minutes < 60) return <>{t('draft.age.minutes', { n: minutes })}</>;
  if (minutes < 48 * 60) return <>{t('draft.age.hours', { n: Math.round(minutes / 60) })}</>;
  return <>{t('draft.age.days', { n: Math.round(minutes / 1440) })}</>;
}
