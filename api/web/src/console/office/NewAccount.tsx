import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { dayAt, plusDays, yearFrom } from '../../format/day';
import { useAccountActions } from '../api/accounts';
import { type Account, type OneTimeLink, type Role, roles } from '../api/contract';
import { useOrganization } from '../api/organizations';
import { useWrite } from '../api/useWrite';
import { when } from '../format/when';
import { useLanguage, useTexts } from '../services';
import { Draft } from '../state/draft';
import { lastOwnDay, likelyOrganization, may, mayEverywhere } from '../state/may';
import { cleanName, isAccountName } from '../state/password';
import { Field } from '../ui/Field';
import { faultyField, Sentence } from '../ui/Sentence';
import { Choice } from './Choice';
import { OneTime } from './OneTime';
import { OrganizationField } from './OrganizationField';
import type { Chosen } from './OrganizationFinder';
import { useKnown } from './session';

interface Filled {
  shownAs: string;
  name: string;
  /** null: of no organization; undefined until one is chosen. */
  organization: Chosen | null | undefined;
  role: Role | 'none';
  lastDay: string;
}

const draft = new Draft<Filled>(sessionStorage, 'account');

interface NewAccountProps {
  /** The organization that is looked at. */
  organization: number | null;
  onClose: () => void;
}

/** Opens an account: who, for which organization, and what they do there. Then shows the link that invites them. */
export function NewAccount({ organization, onClose }: NewAccountProps) {
  const [made, setMade] = useState<{ account: Account; link: OneTimeLink } | null>(null);
  if (made) return <Invitation {...made} onClose={onClose} onNext={() => setMade(null)} />;
  return <NewAccountForm organization={organization} onMade={setMade} />;
}

interface NewAccountFormProps {
  organization: number | null;
  onMade: (made: { account: Account; link: OneTimeLink }) => void;
}

function NewAccountForm({ organization, onMade }: NewAccountFormProps) {
  const { t } = useTexts();
  const session = useKnown();
  const { create } = useAccountActions();
  const looked = useOrganization(organization);
  const today = dayAt(new Date());
  const usual = yearFrom(today);
  const longest = lastOwnDay(session.grants);
  const [filled, setFilled] = useState<Filled>(() => ({
    shownAs: '',
    name: '',
    organization: undefined,
    role: may(session, 'grant.write') ? 'registrar' : 'none',
    lastDay: longest !== null && longest < usual ? longest : usual,
    ...draft.read(),
  }));
  const set = (change: Partial<Filled>) => {
    const next = { ...filled, ...change };
    draft.keep(next);
    setFilled(next);
  };
  // Until one is chosen here, it is the one that is looked at, or one's own.
  const likely = looked.data ?? likelyOrganization(session) ?? undefined;
  const place = filled.organization === undefined ? likely : filled.organization;
  const everywhere = mayEverywhere(session, 'account.write');
  const send = useWrite({
    mutationFn: () => {
      const where = place?.id ?? null;
      const { role } = filled;
      const valid = { valid_from: today, valid_to: plusDays(filled.lastDay, 1) };
      return create({
        name: cleanName(filled.name),
        display_name: filled.shownAs.trim(),
        organization: where,
        grants: role === 'none' ? [] : [{ role, organization: where, ...valid }],
      });
    },
    onSuccess: (made) => {
      draft.drop();
      onMade(made);
    },
  });
  const named = isAccountName(filled.name) && filled.shownAs.trim() !== '';
  const placed = place !== undefined;
  const dated = filled.role === 'none' || filled.lastDay >= today;
  const ready = named && placed && dated;
  const [tried, setTried] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (ready && !send.isPending) send.mutate();
  };
  const field = send.isError ? faultyField(send.error) : null;
  const sentence = send.isError && <Sentence error={send.error} />;
  const taken = field === 'name' && send.isError && t('account.nameTaken');
  return (
    <form className="form" onSubmit={submit} noValidate>
      {send.isError && field !== 'name' && field !== 'display_name' && (
        <p className="notice alarm" role="alert">
          {sentence}
        </p>
      )}
      <Field
        label={t('account.shownAs')}
        value={filled.shownAs}
        onChange={(shownAs) => set({ shownAs })}
        maxLength={200}
        autoComplete="off"
        hint={t('account.shownAsHint')}
        error={
          (tried && filled.shownAs.trim() === '' && t('required')) || (field === 'display_name' && sentence)
        }
        autoFocus
      />
      <Field
        label={t('account.name')}
        value={filled.name}
        onChange={(name) => {
          send.reset();
          set({ name });
        }}
        autoComplete="off"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        maxLength={64}
        hint={t('account.nameHint')}
        error={
          ((tried || filled.name !== '') && !isAccountName(filled.name) && t('account.nameBad')) || taken
        }
      />
      <OrganizationField
        label={t('account.organization')}
        action="account.write"
        value={place}
        onChange={(chosen) => set({ organization: chosen })}
        all={everywhere ? t('organization.everywhere') : undefined}
        error={tried && !placed && t('organization.missing')}
      />
      {may(session, 'grant.write') && (
        <>
          <Choice
            label={t('grant.role')}
            value={filled.role}
            onChange={(role) => set({ role })}
            options={[
              ...roles.map((role) => [role, t(`role.${role}`)] as const),
              ['none', t('role.none')] as const,
            ]}
            hint={t(`roleHint.${filled.role}`)}
          />
          {filled.role !== 'none' && (
            <Field
              label={t('grant.lastDay')}
              type="date"
              value={filled.lastDay}
              min={today}
              {...(longest === null ? {} : { max: longest })}
              onChange={(lastDay) => set({ lastDay })}
              error={!dated && t('grant.lastDayBad')}
            />
          )}
        </>
      )}
      <Button type="primary" htmlType="submit" loading={send.isPending}>
        {t('account.create')}
      </Button>
    </form>
  );
}

interface InvitationProps {
  account: Account;
  link: OneTimeLink;
  onClose: () => void;
  onNext: () => void;
}

function Invitation({ account, link, onClose, onNext }: InvitationProps) {
  const { t } = useTexts();
  const language = useLanguage();
  return (
    <div className="form">
      <h2>{t('account.made', { name: account.display_name })}</h2>
      <OneTime
        value={link.url}
        label={t('account.invitation')}
        text={t('account.invitationText', { time: when(link.expires_at, language) })}
        picture
      />
      <div className="buttons">
        <Button type="primary" onClick={onClose}>
          {t('done')}
        </Button>
        <Button onClick={onNext}>{t('account.another')}</Button>
      </div>
    </div>
  );
}
