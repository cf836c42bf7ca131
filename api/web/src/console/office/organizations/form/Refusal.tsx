import { Button } from 'antd';
import { useState } from 'react';
import { useOrganizationDetail } from '../../../api/organizations';
import type { Kept, Refused } from '../../../state/outbox';
import type { Filled } from '../../../state/registration';
import { formatRoute } from '../../../state/route';
import { useOutbox } from '../../outbox';
import { useHistoryWords } from '../history/useHistoryWords';
import { useWords } from '../useWords';
import { Combine } from './Combine';

interface RefusalProps {
  id: string;
  refusal: Refused;
  about: Kept['organization'];
  filled: Filled;
  fill: (filled: Filled) => void;
}

const known = ['forbidden', 'not-found', 'conflict', 'invalid'] as const;

/** Why a form was not taken. What is filled in is still there. */
export function Refusal({ id, refusal, about, filled, fill }: RefusalProps) {
  const { t } = useWords();
  const kind = known.find((one) => one === refusal.slug);
  return (
    <div className="notice alarm" role="alert">
      {refusal.status === 412 && about ? (
        <Overtaken id={id} about={about} filled={filled} fill={fill} />
      ) : (
        <>
          {kind ? t(`console:problem.${kind}`) : t('console:problem.other', { status: refusal.status })}
          {refusal.detail !== '' && (
            <span className="detail" lang="en">
              {refusal.detail}
            </span>
          )}
        </>
      )}
    </div>
  );
}

interface OvertakenProps {
  id: string;
  about: NonNullable<Kept['organization']>;
  filled: Filled;
  fill: (filled: Filled) => void;
}

/** Somebody else was faster: both are put together, or what they wrote is looked at, and one's own can still be saved. */
function Overtaken({ id, about, filled, fill }: OvertakenProps) {
  const { t } = useWords();
  const { t: h } = useHistoryWords();
  const [combining, setCombining] = useState(false);
  const organization = about.id;
  const outbox = useOutbox();
  const latest = useOrganizationDetail(organization);
  const save = async () => {
    const { data } = await latest.refetch();
    if (!data) return;
    outbox.keep(id, { id: organization, version: data.version }, filled);
    await outbox.submit(id);
  };
  return (
    <>
      <p>{t('form.changed')}</p>
      <div className="buttons">
        <Button type="primary" onClick={() => setCombining(true)}>
          {h('conflict.open')}
        </Button>
        <a
          className="button"
          href={formatRoute({ page: 'organizations', item: String(organization) })}
          target="_blank"
          rel="noreferrer"
        >
          {t('form.look')}
        </a>
        <Button onClick={() => void save()}>{t('form.mine')}</Button>
      </div>
      {combining && (
        <Combine id={id} about={about} filled={filled} fill={fill} onClose={() => setCombining(false)} />
      )}
    </>
  );
}
