import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { useSessionActions } from '../api/session';
import { useWrite } from '../api/useWrite';
import { useServices, useTexts } from '../services';
import { Field } from '../ui/Field';
import { PasswordForm } from '../ui/PasswordChange';
import { GrantText } from './GrantText';
import { Fault, Nothing } from './Notice';
import { useKnown } from './session';

/** Oneself: the name that others see, what one may do, the password, the way out. */
export function Me() {
  const { t } = useTexts();
  const session = useKnown();
  const { places } = useServices();
  const { signOut } = useSessionActions();
  const leave = useWrite({ mutationFn: signOut, onSuccess: () => places.go({ page: null }, 'replace') });
  const { account, grants } = session;
  return (
    <div className="sheet-page">
      <div className="listing-head">
        <h1>{t('nav.me')}</h1>
        <Button loading={leave.isPending} onClick={() => leave.mutate()}>
          {t('signOut')}
        </Button>
      </div>
      {leave.isError && <Fault error={leave.error} />}
      <section className="block" aria-labelledby="me-profile">
        <h2 id="me-profile">{t('me.profile')}</h2>
        <dl className="facts">
          <div>
            <dt>{t('account.name')}</dt>
            <dd>{account.name}</dd>
          </div>
          <div>
            <dt>{t('account.organization')}</dt>
            <dd>{account.organization?.name ?? t('organization.none0')}</dd>
          </div>
        </dl>
        <NameForm />
      </section>
      <section className="block" aria-labelledby="me-grants">
        <h2 id="me-grants">{t('me.grants')}</h2>
        {grants.length === 0 && <Nothing text={t('me.noGrants')} />}
        <ul className="grants">
          {grants.map((grant) => (
            <li key={grant.id} className="grant">
              <GrantText grant={grant} />
            </li>
          ))}
        </ul>
      </section>
      {account.has_password && <Password />}
    </div>
  );
}

function NameForm() {
  const { t } = useTexts();
  const { account } = useKnown();
  const { rename } = useSessionActions();
  const [name, setName] = useState(account.display_name);
  const save = useWrite({ mutationFn: () => rename(name.trim()) });
  const changed = name.trim() !== '' && name.trim() !== account.display_name;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (changed && !save.isPending) save.mutate();
  };
  return (
    <form className="form" onSubmit={submit} noValidate>
      {save.isError && <Fault error={save.error} />}
      <Field
        label={t('account.shownAs')}
        value={name}
        onChange={setName}
        maxLength={200}
        autoComplete="name"
      />
      <Button htmlType="submit" className="start" disabled={!changed} loading={save.isPending}>
        {t('save')}
      </Button>
    </form>
  );
}

function Password() {
  const { t } = useTexts();
  const session = useKnown();
  const [open, setOpen] = useState(false);
  const [done, setDone] = useState(false);
  return (
    <section className="block" aria-labelledby="me-password">
      <h2 id="me-password">{t('me.password')}</h2>
      <p role="status">{done ? t('password.changed') : t('me.passwordText')}</p>
      {open ? (
        <PasswordForm
          session={session}
          onDone={() => {
            setOpen(false);
            setDone(true);
          }}
        />
      ) : (
        <Button className="start" onClick={() => setOpen(true)}>
          {t('password.change')}
        </Button>
      )}
    </section>
  );
}
