import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '../api/client';
import { useLanguage, useUrl } from '../services';
import { Refused } from './lazyTools';
import { refusedBy } from './refused';

/** Says what happened, that nothing is lost, and offers the next step. */
export function Problem({ error, retry }: { error: unknown; retry: () => void }) {
  const { t } = useTranslation();
  const refused = useUrl((state) => refusedBy(state, error));
  // The banner of the page has told screen readers of it.
  if (refused) {
    return (
      <div className="problem" data-refused={refused}>
        <Suspense>
          <Refused condition={refused} />
        </Suspense>
      </div>
    );
  }
  return (
    <div className="problem" role="alert">
      <strong>{t('problem.title')}</strong>
      <p>
        <Sentence error={error} /> {t('problem.safe')}
      </p>
      <button type="button" className="button" onClick={retry}>
        {t('problem.retry')}
      </button>
    </div>
  );
}

/** The server's sentences are English: those who read Chinese get one of the page's. */
function Sentence({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (!(error instanceof ProblemError)) return <>{t('problem.network')}</>;
  const { status, problem } = error;
  if (status >= 500) return <>{t('problem.server', { status })}</>;
  return <>{(language === 'en' && problem?.detail) || t('problem.refused', { status })}</>;
}
