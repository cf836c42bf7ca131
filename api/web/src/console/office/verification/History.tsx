import type { LocationState, LocationStep } from '../../api/contract';
import { when } from '../../format/when';
import { useLanguage } from '../../services';
import { StepText } from './Steps';
import { useWords } from './useWords';

/** All steps that were ever taken, the newest first. */
export function History({ steps }: { steps: readonly LocationStep[] }) {
  const { t, stateName } = useWords();
  const language = useLanguage();
  if (steps.length === 0) return null;
  return (
    <details className="fold step-history">
      <summary>{t('history', { count: steps.length })}</summary>
      <ol>
        {[...steps].reverse().map((step) => (
          <li key={step.id}>
            <span className="number quiet">{when(step.at, language)}</span>
            <span>
              {stateName(step.from as LocationState)} → <strong>{stateName(step.to as LocationState)}</strong>
              {step.cause !== 'check' && <span className="quiet"> · {step.author}</span>}
              <StepText step={step} />
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}
