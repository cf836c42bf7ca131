import { Button, Modal } from 'antd';
import { type FormEvent, useState } from 'react';
import { useAccount, useAccountActions } from '../api/accounts';
import { Refusal } from '../api/client';
import type { Account } from '../api/contract';
import { useWrite } from '../api/useWrite';
import { when } from '../format/when';
import { useLanguage, useServices, useTexts } from '../services';
import { may, mayEverywhere } from '../state/may';
import { Field } from '../ui/Field';
import { Sentence } from '../ui/Sentence';
import { AccountState } from './AccountList';
import { Grants } from './Grants';
import { HandOver } from './HandOver';
import { Fault, Rows } from './Notice';
import { OneTime } from './OneTime';
import { OrganizationField } from './OrganizationField';
import { useKnown } from './session';

/** One account: who it is, what it may do, and what those who look after it do with it. */
export function AccountPanel({ id, onClose }: { id: number; onClose: () => void }) {
  const account = useAccount(id);
  if (account.isError) return <Fault error={account.error} retry={() => void account.refetch()} />;
  if (account.isPending) return <Rows count={6} />;
  return <AccountDetails account={account.data} onClose={onClose} />;
}

function AccountDetails({ account, onClose }: { account: Account; onClose: () => void }) {
  const { t } = useTexts();
  const session = useKnown();
  const [editing, setEditing] = useState(false);
  const writes = may(session, 'account.write');
  return (
    <div className="account">
      {editing ? (
        <EditForm account={account} onClose={() => setEditing(false)} />
      ) : (
        <>
          <div className="account-head">
            <h2>{account.display_name}</h2>
            <AccountState account={account} />
          </div>
          <Facts account={account} />
          {writes && (
            <Button onClick={() => setEditing(true)} className="start">
              {t('edit')}
            </Button>
          )}
        </>
      )}
      <Grants account={account} />
      {writes && <Care account={account} own={account.id === session.account.id} onClose={onClose} />}
    </div>
  );
}

function Facts({ account }: { account: Account }) {
  const { t } = useTexts();
  const language = useLanguage();
  const facts: [string, string][] = [
    [t('account.name'), account.name],
    [t('account.organization'), account.organization?.name ?? t('organization.none0')],
    [t('account.seen'), account.signed_in_at ? when(account.signed_in_at, language) : t('account.never')],
    [t('account.since'), when(account.created_at, language)],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Alters an account. When somebody else was faster, it shows theirs and keeps what was typed. */
function EditForm({ account, onClose }: { account: Account; onClose: () => void }) {
  const { t } = useTexts();
  const session = useKnown();
  const { change, reread } = useAccountActions();
  const [shownAs, setShownAs] = useState(account.display_name);
  const [organization, setOrganization] = useState(account.organization);
  const save = useWrite({
    mutationFn: () =>
      change(account, { display_name: shownAs.trim(), organization: organization?.id ?? null }),
    onSuccess: onClose,
    onError: (error) => {
      if (error instanceof Refusal && error.slug === 'stale') void reread();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (shownAs.trim() !== '' && !save.isPending) save.mutate();
  };
  return (
    <form className="form" onSubmit={submit} noValidate>
      {save.isError && (
        <p className="notice alarm" role="alert">
          <Sentence error={save.error} />
        </p>
      )}
      <Field
        label={t('account.shownAs')}
        value={shownAs}
        onChange={setShownAs}
        maxLength={200}
        autoComplete="off"
      />
      <OrganizationField
        label={t('account.organization')}
        action="account.write"
        value={organization}
        onChange={setOrganization}
        all={mayEverywhere(session, 'account.write') ? t('organization.none0') : undefined}
      />
      <div className="buttons">
        <Button type="primary" htmlType="submit" loading={save.isPending} disabled={shownAs.trim() === ''}>
          {t('save')}
        </Button>
        <Button onClick={onClose}>{t('cancel')}</Button>
      </div>
    </form>
  );
}

interface CareProps {
  account: Account;
  /** Nobody locks themselves out. */
  own: boolean;
  onClose: () => void;
}

/** What those who look after an account do with it. */
function Care({ account, own, onClose }: CareProps) {
  const { t } = useTexts();
  const [asked, setAsked] = useState<'sessions' | 'handover' | null>(null);
  if (own) return <p className="quiet">{t('care.own')}</p>;
  return (
    <section className="care" aria-labelledby="care-title">
      <h3 id="care-title">{t('care.title')}</h3>
      {!account.disabled && <Recovery account={account} />}
      <Disable account={account} />
      <CareLine
        text={t('care.sessionsText')}
        button={t('care.sessions')}
        onClick={() => setAsked('sessions')}
      />
      {!account.disabled && (
        <CareLine
          text={t('care.handoverText')}
          button={t('care.handover')}
          onClick={() => setAsked('handover')}
        />
      )}
      <EndSessions account={account} open={asked === 'sessions'} onClose={() => setAsked(null)} />
      <HandOver
        account={account}
        open={asked === 'handover'}
        onClose={() => setAsked(null)}
        onDone={() => {
          setAsked(null);
          onClose();
        }}
      />
    </section>
  );
}

interface CareLineProps {
  text: string;
  button: string;
  busy?: boolean;
  danger?: boolean;
  onClick: () => void;
}

function CareLine({ text, button, busy = false, danger = false, onClick }: CareLineProps) {
  return (
    <div className="care-line">
      <p>{text}</p>
      <Button danger={danger} loading={busy} onClick={onClick}>
        {button}
      </Button>
    </div>
  );
}

/** A lost password: a link with which they choose a new one. */
function Recovery({ account }: { account: Account }) {
  const { t } = useTexts();
  const language = useLanguage();
  const { recover } = useAccountActions();
  const link = useWrite({ mutationFn: () => recover(account.id) });
  const invited = !account.has_password && !account.signed_in_at;
  return (
    <>
      <CareLine
        text={t(invited ? 'care.inviteText' : 'care.recoverText')}
        button={t(invited ? 'care.invite' : 'care.recover')}
        busy={link.isPending}
        onClick={() => link.mutate()}
      />
      {link.isError && <Fault error={link.error} />}
      {link.data && (
        <OneTime
          value={link.data.url}
          label={t('care.link')}
          text={t('care.linkText', {
            name: account.display_name,
            time: when(link.data.expires_at, language),
          })}
          picture
        />
      )}
    </>
  );
}

/** Disabling takes effect at once and can be undone for a while. */
function Disable({ account }: { account: Account }) {
  const { t } = useTexts();
  const { undoing } = useServices();
  const { turn } = useAccountActions();
  const now = useWrite({
    mutationFn: () => turn(account, !account.disabled),
    onSuccess: (stored) =>
      undoing.offer(
        t(stored.disabled ? 'care.wasDisabled' : 'care.wasEnabled', { name: stored.display_name }),
        async () => {
          await turn(stored, !stored.disabled);
        },
      ),
  });
  return (
    <>
      <CareLine
        text={t(account.disabled ? 'care.enableText' : 'care.disableText')}
        button={t(account.disabled ? 'care.enable' : 'care.disable')}
        danger={!account.disabled}
        busy={now.isPending}
        onClick={() => now.mutate()}
      />
      {now.isError && <Fault error={now.error} />}
    </>
  );
}

/** Ends all sessions and tokens. Tokens cannot come back, so it is asked for. */
function EndSessions({ account, open, onClose }: { account: Account; open: boolean; onClose: () => void }) {
  const { t } = useTexts();
  const { endSessions } = useAccountActions();
  const end = useWrite({ mutationFn: () => endSessions(account.id), onSuccess: onClose });
  return (
    <Modal
      title={t('care.sessionsTitle', { name: account.display_name })}
      open={open}
      onCancel={onClose}
      onOk={() => end.mutate()}
      okText={t('care.sessions')}
      okButtonProps={{ danger: true, loading: end.isPending }}
      cancelText={t('cancel')}
    >
      <p>{t('care.sessionsWarning')}</p>
      {end.isError && <Fault error={end.error} />}
    </Modal>
  );
}
