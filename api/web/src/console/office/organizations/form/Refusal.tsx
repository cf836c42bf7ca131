import { Button } from 'antd';
import { useOrganizationDetail } from '../../../api/organizations';
import type { Kept, Refused } from '../../../state/outbox';
import type { Filled } from '../../../state/registration';
import { formatRoute } from '../../../state/route';
import { useOutbox } from '../../outbox';
import { useWords } from '../useWords';

interface RefusalProps {
  id: string;
  refusal: Refused;
  about: Kept['organization'];
  filled: Filled;
}

const known = ['forbidden', 'not-found', 'conflict', 'invalid'] as const;

/** Why a form was not taken. What is filled in is still there. */
export function Refusal({ id, refusal, about, filled }: RefusalProps) {
  const { t } = useWords();
  const kind = known.find((one) => one === refusal.slug);
  return (
    <div className="notice alarm" role="alert">
      {refusal.status === 412 && about ? (
        <Overtaken id={id} organization={about.id} filled={filled} />
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
  organization: number;
  filled: Filled;
}

/** Somebody else was faster: what they wrote is to be looked at, and one's own can still be saved. */
function Overtaken({ id, organization, filled }: OvertakenProps) {
  const { t } = useWords();
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
    </>
  );
}
