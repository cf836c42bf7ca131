import { useTranslation } from 'react-i18next';
import { ProblemError } from '../api/client';

/** Says what happened, that nothing is lost, and offers the next step. */
export function Problem({ error, retry }: { error: unknown; retry: () => void }) {
  const { t } = useTranslation();
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

function Sentence({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (!(error instanceof ProblemError)) return <>{t('problem.network')}</>;
  if (error.status < 500 && error.problem?.detail) return <>{error.problem.detail}</>;
  return <>{t('problem.server', { status: error.status })}</>;
}
