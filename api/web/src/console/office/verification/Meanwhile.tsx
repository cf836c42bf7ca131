import { Button } from 'antd';
import type { Verification } from '../../api/contract';
import { when } from '../../format/when';
import { useLanguage } from '../../services';
import { StepText } from './Steps';
import type { Draft } from './useDraft';
import { useWords } from './useWords';

/** What others did to the location while somebody typed; what was typed is still there. */
export function Meanwhile({ verification, draft }: { verification: Verification; draft: Draft }) {
  const { t, stateName } = useWords();
  const language = useLanguage();
  const { since, stale } = draft;
  if (since === null || verification.version <= since) return null;
  const steps = verification.steps.filter((step) => step.version > since);
  const kept = [draft.evidence, draft.excuse, draft.reason].filter((text) => text.trim() !== '');
  return (
    <div className="notice alarm meanwhile" role="alert">
      <p>{t('meanwhile.title')}</p>
      <ul>
        {steps.map((step) => (
          <li key={step.id}>
            {t('meanwhile.step', {
              author: step.cause === 'check' ? t('meanwhile.program') : step.author,
              when: when(step.at, language),
              state: stateName(step.to as Verification['state']),
            })}{' '}
            <StepText step={step} />
          </li>
        ))}
        {steps.length === 0 && (
          <li>
            {stale
              ? t('meanwhile.wrote', { author: stale.author, when: when(stale.recorded, language) })
              : t('meanwhile.changed')}
          </li>
        )}
      </ul>
      {kept.length > 0 && <p>{t('meanwhile.kept', { text: kept.join(' · ') })}</p>}
      <Button onClick={draft.read}>{t('meanwhile.read')}</Button>
    </div>
  );
}
