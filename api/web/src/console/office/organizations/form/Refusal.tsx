import { Button } from 'antd';
import { useState } from 'react';
import { useOrganizationDetail } from '../../../api/organizations';
import type { Kept, Refused } from '../../../state/outbox';
import type { Filled } from '../../../state/registration';
import { formatRoute } from '../../../state/route';
import { Told } from '../../../ui/Sentence';
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

/** Why a form was not taken. What is filled in is still there. */
export function Refusal({ id, refusal, about, filled, fill }: RefusalProps) {
  const { status } = refusal;
  return (
    <div className="notice alarm refusal" role="alert">
      {status === 412 && about ? (
        <Overtaken id={id} about={about} filled={filled} fill={fill} />
      ) : (
        <Because refusal={refusal} />
      )}
    </div>
  );
}

/** Fields of which the page itself can say what is wrong. */
const told = [
  ...['name', 'short_name', 'kind', 'level', 'parent', 'code', 'uscc', 'address', 'phone', 'status'],
  ...['division', 'location', 'location_accuracy_m', 'jurisdiction', 'valid_from'],
] as const;

/** What is wrong with a field, in the words of the page; "" where it has none. */
function useFault({ slug, field, detail }: Refused): string {
  const { t } = useWords();
  if (slug !== 'invalid' && slug !== 'conflict') return '';
  const known = told.find((one) => one === field) as 'name' | undefined;
  if (!known) return '';
  if (field === 'jurisdiction' && /outside of China/.test(detail)) return t('fault.jurisdictionBeyond');
  if (field === 'jurisdiction' && /corners: at most/.test(detail)) return t('fault.jurisdictionCorners');
  return slug === 'conflict' && field === 'code' ? t('form.codeTaken') : t(`fault.${known}`);
}

function Because({ refusal }: { refusal: Refused }) {
  return <Told {...refusal} own={useFault(refusal)} />;
}

/** What the server has against a field, beside that field. */
export function FieldRefusal({ refusal }: { refusal: Refused }) {
  return <>{useFault(refusal) || refusal.detail}</>;
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
