import { Refusal } from '../api/client';
import { useTexts } from '../services';

/** Kinds of refusals that have a sentence here; the server's own is English. */
const known = [
  'sign-in',
  'csrf',
  'password-change',
  'unauthorized',
  'forbidden',
  'not-found',
  'conflict',
  'stale',
  'invalid',
] as const;

/** Says in a sentence what went wrong and what to do; of a refused input also what the server has against it. */
export function Sentence({ error }: { error: unknown }) {
  const { t } = useTexts();
  if (!(error instanceof Refusal)) return <>{t('problem.network')}</>;
  const { status, slug } = error;
  const seconds = error.retryAfter ?? 5;
  if (status === 429) return <>{t('problem.often', { seconds })}</>;
  if (status === 503) return <>{t('problem.busy', { seconds })}</>;
  if (status >= 500) return <>{t('problem.server', { status })}</>;
  return <Told status={status} slug={slug} detail={error.problem?.detail ?? ''} />;
}

interface ToldProps {
  status: number;
  slug: string;
  /** The server's own words, which are English. */
  detail: string;
  /** What is wrong in the words of the page, where it knows; "" for nothing. */
  own?: string;
}

/** What the server has against a request, by the kind of its refusal; in its own words where the page has none. */
export function Told({ status, slug, detail, own = '' }: ToldProps) {
  const { t, i18n } = useTexts();
  const kind = known.find((one) => one === slug);
  const whose = kind === 'invalid' || kind === 'conflict' || kind === 'forbidden' || kind === undefined;
  const english = i18n.language === 'en';
  const enough = !english && (own !== '' || kind === 'forbidden');
  return (
    <>
      {kind ? t(`problem.${kind}`) : t('problem.other', { status })}
      {own !== '' && ` ${own}`}
      {whose && detail !== '' && !enough && (
        <>
          {' '}
          <span className="detail" {...(english ? {} : { lang: 'en' })}>
            {detail}
          </span>
        </>
      )}
    </>
  );
}

/** The field that a refusal is about; null when it is about none. */
export function faultyField(error: unknown): string | null {
  return error instanceof Refusal ? (error.problem?.field ?? null) : null;
}
