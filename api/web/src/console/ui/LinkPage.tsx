import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Refusal } from '../api/client';
import type { LinkInfo } from '../api/contract';
import { useSessionActions } from '../api/session';
import { useWrite } from '../api/useWrite';
import { when } from '../format/when';
import { useLanguage, useServices, useTexts } from '../services';
import { cleanName, isAccountName } from '../state/password';
import { Field } from './Field';
import { isGood, NewPassword, noPassword } from './NewPassword';
import { faultyField, Sentence } from './Sentence';

/** What a one-time link opens: the first account, an invitation, or a new password. */
export function LinkPage({ secret }: { secret: string }) {
  const { t } = useTexts();
  const { inspect } = useSessionActions();
  const link = useQuery({
    queryKey: ['link', secret],
    queryFn: () => inspect(secret),
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (link.isPending) {
    return (
      <section className="gate" aria-busy="true">
        <p role="status">{t('link.checking')}</p>
      </section>
    );
  }
  if (link.isError) return <BadLink error={link.error} retry={() => void link.refetch()} />;
  return <LinkForm secret={secret} info={link.data} />;
}

function BadLink({ error, retry }: { error: unknown; retry: () => void }) {
  const { t } = useTexts();
  const gone = error instanceof Refusal && (error.status === 404 || error.status === 400);
  return (
    <section className="gate">
      <h1>{t(gone ? 'link.gone' : 'link.unreachable')}</h1>
      <p role="alert">{gone ? t('link.goneText') : <Sentence error={error} />}</p>
      {gone ? (
        <a className="button" href="#/">
          {t('signIn.title')}
        </a>
      ) : (
        <button type="button" className="button primary" onClick={retry}>
          {t('problem.again')}
        </button>
      )}
    </section>
  );
}

function LinkForm({ secret, info }: { secret: string; info: LinkInfo }) {
  const { t } = useTexts();
  const { places } = useServices();
  const language = useLanguage();
  const first = info.purpose === 'first';
  const [name, setName] = useState('');
  const [shownAs, setShownAs] = useState('');
  const [password, setPassword] = useState(noPassword);
  const { redeem } = useSessionActions();
  const names = [first ? cleanName(name) : info.account_name];
  const send = useWrite({
    mutationFn: () =>
      redeem({
        link: secret,
        password: password.password,
        ...(first ? { name: cleanName(name), display_name: shownAs.trim() } : {}),
      }),
    // The address must not keep the secret, used though it is.
    onSuccess: () => places.go({ page: null }, 'replace'),
  });
  const named = !first || (isAccountName(name) && shownAs.trim() !== '');
  const ready = named && isGood(password, names);
  const [tried, setTried] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (ready && !send.isPending) send.mutate();
  };
  const field = send.isError ? faultyField(send.error) : null;
  const sentence = send.isError && <Sentence error={send.error} />;
  return (
    <section className="gate">
      <h1>{t(`link.title.${info.purpose}`)}</h1>
      <p>{t(`link.text.${info.purpose}`, { name: info.account_name })}</p>
      {send.isError && (field === null || !['name', 'display_name', 'password'].includes(field)) && (
        <p className="notice alarm" role="alert">
          {sentence}
        </p>
      )}
      <form onSubmit={submit} noValidate>
        {first ? (
          <>
            <Field
              label={t('account.name')}
              value={name}
              onChange={setName}
              autoComplete="username"
              autoCapitalize="none"
              autoCorrect="off"
              spellCheck={false}
              hint={t('account.nameHint')}
              error={
                ((tried || name !== '') && !isAccountName(name) && t('account.nameBad')) ||
                (field === 'name' && sentence)
              }
              autoFocus
            />
            <Field
              label={t('account.shownAs')}
              value={shownAs}
              onChange={setShownAs}
              autoComplete="name"
              maxLength={200}
              hint={t('account.shownAsHint')}
              error={
                (tried && shownAs.trim() === '' && t('required')) || (field === 'display_name' && sentence)
              }
            />
          </>
        ) : (
          // For those who let the browser keep their passwords: it must know whose this is.
          <input
            type="text"
            className="visually-hidden"
            autoComplete="username"
            value={info.account_name}
            readOnly
            tabIndex={-1}
            aria-hidden="true"
          />
        )}
        <NewPassword
          value={password}
          onChange={setPassword}
          names={names}
          tried={tried}
          error={field === 'password' && t('password.refused')}
        />
        <button type="submit" className="button primary" disabled={send.isPending}>
          {t(send.isPending ? 'signIn.busy' : `link.send.${info.purpose}`)}
        </button>
        <p className="quiet">{t('link.until', { time: when(info.expires_at, language) })}</p>
      </form>
    </section>
  );
}
