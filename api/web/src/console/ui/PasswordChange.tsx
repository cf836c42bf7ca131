import { type FormEvent, useState } from 'react';
import type { Session } from '../api/contract';
import { useSessionActions } from '../api/session';
import { useWrite } from '../api/useWrite';
import { useTexts } from '../services';
import { PasswordField } from './Field';
import { isGood, NewPassword, noPassword } from './NewPassword';
import { faultyField, Sentence } from './Sentence';

/** What stands before everything else when somebody else chose the password. */
export function PasswordChange({ session }: { session: Session }) {
  const { t } = useTexts();
  const { signOut } = useSessionActions();
  return (
    <section className="gate">
      <h1>{t('password.mustTitle')}</h1>
      <p>{t('password.mustText')}</p>
      <PasswordForm session={session} />
      <button type="button" className="link" onClick={() => void signOut()}>
        {t('signOut')}
      </button>
    </section>
  );
}

/** Changes one's own password. */
export function PasswordForm({ session, onDone }: { session: Session; onDone?: () => void }) {
  const { t } = useTexts();
  const { changePassword } = useSessionActions();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState(noPassword);
  const { name } = session.account;
  const change = useWrite({
    mutationFn: () => changePassword(current, password.password),
    onSuccess: () => {
      setCurrent('');
      setPassword(noPassword);
      setTried(false);
      onDone?.();
    },
  });
  const field = change.isError ? faultyField(change.error) : null;
  const [tried, setTried] = useState(false);
  const ready = current !== '' && isGood(password, [name]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (ready && !change.isPending) change.mutate();
  };
  const placed = field === 'current' || field === 'new' || field === 'password';
  return (
    <form onSubmit={submit} noValidate className="form">
      {change.isError && !placed && (
        <p className="notice alarm" role="alert">
          <Sentence error={change.error} />
        </p>
      )}
      <input
        type="text"
        className="visually-hidden"
        autoComplete="username"
        value={name}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
      />
      <PasswordField
        label={t('password.current')}
        value={current}
        onChange={setCurrent}
        autoComplete="current-password"
        error={(tried && current === '' && t('required')) || (field === 'current' && t('password.wrong'))}
      />
      <NewPassword
        value={password}
        onChange={setPassword}
        names={[name]}
        tried={tried}
        error={placed && field !== 'current' && t('password.refused')}
      />
      <button type="submit" className="button primary" disabled={change.isPending}>
        {t(change.isPending ? 'saving' : 'password.change')}
      </button>
    </form>
  );
}
