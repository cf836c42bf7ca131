import { type FormEvent, useRef, useState } from 'react';
import { hintKey, useSessionActions, useSignIn } from '../api/session';
import { useWrite } from '../api/useWrite';
import { useServices, useTexts } from '../services';
import { cleanName } from '../state/password';
import { formatRoute, useRoute } from '../state/route';
import { Field, PasswordField } from './Field';
import { Sentence } from './Sentence';

/** Why a provider brought somebody back without signing them in. */
const failures = ['denied', 'expired', 'failed', 'unavailable', 'disabled', 'no-account'] as const;

/** Where one signs in. */
export function SignIn() {
  const { t } = useTexts();
  const ways = useSignIn();
  const route = useRoute();
  const { places } = useServices();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const { signIn } = useSessionActions();
  const attempt = useWrite({
    mutationFn: () => signIn(cleanName(name), password),
    onSuccess: () => {
      if (route.page === 'sign-in') places.go({ page: null }, 'replace');
    },
    onError: () => {
      setPassword('');
      form.current?.querySelectorAll('input')[1]?.focus();
    },
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    const [first, second] = form.current?.querySelectorAll('input') ?? [];
    if (name.trim() === '') first?.focus();
    else if (password === '') second?.focus();
    else attempt.mutate();
  };
  const providers = ways.data?.providers ?? [];
  const back = route.page === 'sign-in' ? '/console' : `/console${formatRoute(route)}`;
  const failure = failures.find((one) => route.page === 'sign-in' && one === route.query.error);
  return (
    <section className="gate">
      <h1>{t('signIn.title')}</h1>
      {ways.data?.first && <p className="notice">{t('signIn.first')}</p>}
      {failure && !attempt.isError && (
        <p className="notice alarm" role="alert">
          {t(`provider.${failure}`)}
        </p>
      )}
      {attempt.isError && (
        <p className="notice alarm" role="alert">
          <Sentence error={attempt.error} />
        </p>
      )}
      {ways.data?.password !== false && (
        <form ref={form} onSubmit={send} noValidate>
          <Field
            label={t('signIn.name')}
            value={name}
            onChange={setName}
            autoComplete="username"
            autoCapitalize="none"
            autoCorrect="off"
            spellCheck={false}
            enterKeyHint="next"
            autoFocus
          />
          <PasswordField
            label={t('signIn.password')}
            value={password}
            onChange={setPassword}
            autoComplete="current-password"
            enterKeyHint="go"
          />
          <button type="submit" className="button primary" disabled={attempt.isPending}>
            {t(attempt.isPending ? 'signIn.busy' : 'signIn.send')}
          </button>
        </form>
      )}
      {providers.length > 0 && (
        <div className="providers">
          {providers.map(({ name, title }) => (
            <a
              key={name}
              className="button"
              href={`/api/oidc/${encodeURIComponent(name)}/start?return=${encodeURIComponent(back)}`}
              onClick={() => localStorage.setItem(hintKey, '1')}
            >
              {t('signIn.with', { title })}
            </a>
          ))}
        </div>
      )}
      <details className="fold">
        <summary>{t('signIn.lost')}</summary>
        <p>{t('signIn.lostText')}</p>
      </details>
    </section>
  );
}
