import { distance } from '../../../format/scale';
import type { LocationStep, Verification } from '../../api/contract';
import { when } from '../../format/when';
import { useLanguage } from '../../services';
import { type Stage, stagesOf } from '../../state/verification';
import { Tag } from '../Tag';
import { StateMark } from './StateMark';
import { useWords } from './useWords';

/** The six steps below each other: who took each, when, and on what it rests. */
export function Steps({ verification }: { verification: Verification }) {
  const { t } = useWords();
  return (
    <ol className="steps" aria-label={t('steps')}>
      {stagesOf(verification).map((stage) => (
        <StageRow key={stage.state} stage={stage} />
      ))}
    </ol>
  );
}

function StageRow({ stage }: { stage: Stage }) {
  const { t, stateName } = useWords();
  const language = useLanguage();
  const { state, place, author, at, step, back } = stage;
  return (
    <li className={`step ${place}`} aria-current={place === 'now' ? 'step' : undefined}>
      <StateMark state={state} hollow={place === 'open'} />
      <div>
        <span className="step-name">
          {stateName(state)} {place === 'now' && <Tag tone="good">{t('now')}</Tag>}
        </span>
        {place === 'open' ? (
          <span className="quiet">{t(`what.${state}`)}</span>
        ) : at === null ? (
          <span className="quiet">{t('how.imported')}</span>
        ) : (
          <span className="quiet">
            {step?.cause === 'check' ? '' : `${author} · `}
            <span className="number">{when(at, language)}</span>
          </span>
        )}
        {step && <StepText step={step} />}
        {back && (
          <span className="step-text row-bad">
            {t('how.back', { author: back.author })} <StepText step={back} />
          </span>
        )}
      </div>
    </li>
  );
}

/** On what a step rests, in sentences. */
export function StepText({ step }: { step: LocationStep }) {
  const { t } = useWords();
  const language = useLanguage();
  const far = step.distance_m === null ? '' : distance(step.distance_m, language);
  const said = [
    step.cause === 'check' && t('how.check'),
    step.cause === 'written' && t('how.written'),
    step.cause === 'moved' && t('how.moved', { distance: far }),
    step.cause === 'changed' && t('how.changed'),
    step.cause === 'undone' && t('how.undone'),
    step.cause === 'hand' && far !== '' && t('how.device', { distance: far }),
    step.evidence,
    step.reason,
  ].filter((text) => text !== false && text !== '');
  if (said.length === 0) return null;
  return <span className="step-text">{said.join(' · ')}</span>;
}
