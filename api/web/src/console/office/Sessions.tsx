import { Button } from 'antd';
import type { OpenSession } from '../api/contract';
import { useOwnActions, useSessions } from '../api/own';
import { useWrite } from '../api/useWrite';
import { agentName } from '../format/agent';
import { when } from '../format/when';
import { useLanguage, useTexts } from '../services';
import { Fault, Rows } from './Notice';
import { Tag } from './Tag';

/** The browsers in which one is signed in, each of which can be signed out from here. */
export function Sessions() {
  const { t } = useTexts();
  const sessions = useSessions();
  return (
    <div className="sheet-page">
      <div className="listing-head">
        <h1>{t('nav.sessions')}</h1>
      </div>
      <p className="quiet">{t('sessions.text')}</p>
      {sessions.isError && <Fault error={sessions.error} retry={() => void sessions.refetch()} />}
      {sessions.isPending && <Rows count={4} />}
      <ul className="lines">
        {sessions.data?.map((session) => (
          <SessionLine key={session.id} session={session} />
        ))}
      </ul>
    </div>
  );
}

function SessionLine({ session }: { session: OpenSession }) {
  const { t } = useTexts();
  const language = useLanguage();
  const { endSession } = useOwnActions();
  const end = useWrite({ mutationFn: () => endSession(session.id) });
  const name = agentName(session.agent) || t('sessions.unknown');
  return (
    <li className="line">
      <div className="line-what">
        <strong title={session.agent}>{name}</strong>{' '}
        {session.current && <Tag tone="good">{t('sessions.current')}</Tag>}
        <span className="quiet">
          {t('sessions.from', { address: session.address || '—', time: when(session.created_at, language) })}
        </span>
        <span className="quiet">
          {t('sessions.seen', {
            seen: when(session.seen_at, language),
            until: when(session.expires_at, language),
          })}
        </span>
        {end.isError && <Fault error={end.error} />}
      </div>
      {!session.current && (
        <Button
          danger
          loading={end.isPending}
          aria-label={t('sessions.endLabel', { name })}
          onClick={() => end.mutate()}
        >
          {t('sessions.end')}
        </Button>
      )}
    </li>
  );
}
