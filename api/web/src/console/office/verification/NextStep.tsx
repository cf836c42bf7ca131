import { Button } from 'antd';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { Verification } from '../../api/contract';
import { useWrite } from '../../api/useWrite';
import { useVerificationActions } from '../../api/verification';
import { Field } from '../../ui/Field';
import { Sentence } from '../../ui/Sentence';
import { Confirm } from './Confirm';
import { StepFault } from './StepFault';
import type { Draft } from './useDraft';
import { useStep } from './useStep';
import { useWords } from './useWords';

interface NextStepProps {
  verification: Verification;
  name: string;
  draft: Draft;
  eager: boolean;
}

/** The one thing to do next, or who does it. */
export function NextStep({ verification, name, draft, eager }: NextStepProps) {
  const { t, stateName } = useWords();
  const { next } = verification;
  const [kept] = useState(draft.evidence !== '');
  if (next === null) {
    return (
      <section className="block next-step">
        <h3>{t('next.all')}</h3>
        <p className="quiet">{t('next.allText')}</p>
      </section>
    );
  }
  return (
    <section className="block next-step">
      <h3>{t('next.title', { state: stateName(next.to) })}</h3>
      {next.to === 'checked' && verification.may_recheck && <Check verification={verification} />}
      {next.allowed && next.to === 'confirmed' && (
        <Confirm verification={verification} name={name} draft={draft} />
      )}
      {next.allowed && next.to === 'checked' && (
        <details className="fold by-hand" open={kept}>
          <summary>{t('next.byHand')}</summary>
          <Advance verification={verification} name={name} draft={draft} eager={false} />
        </details>
      )}
      {next.allowed && next.to !== 'confirmed' && next.to !== 'checked' && (
        <Advance verification={verification} name={name} draft={draft} eager={eager} />
      )}
      {!next.allowed && next.reason !== '' && !(next.to === 'checked' && verification.may_recheck) && (
        <p className="quiet">{t(`next.lacking.${next.reason}`)}</p>
      )}
    </section>
  );
}

/** Runs the technical check of a reported location. */
function Check({ verification }: { verification: Verification }) {
  const { t } = useWords();
  const { recheck } = useVerificationActions();
  const check = useWrite({ mutationFn: () => recheck(verification.id) });
  return (
    <>
      <p className="quiet">{t('next.checkText')}</p>
      {check.isError && (
        <p className="notice alarm" role="alert">
          <Sentence error={check.error} />
        </p>
      )}
      <Button type="primary" loading={check.isPending} onClick={() => check.mutate()}>
        {t('next.check')}
      </Button>
    </>
  );
}

/** A step that rests on an evidence. */
function Advance({ verification, name, draft, eager }: NextStepProps) {
  const { t } = useWords();
  const step = useStep(verification, name, draft);
  const { evidence } = draft;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    // What it is compared with stays in view.
    if (eager) form.current?.querySelector('input')?.focus({ preventScroll: true });
  }, [eager]);
  const to = verification.next?.to;
  if (to === undefined || to === 'confirmed' || to === 'reported') return null;
  const ready = evidence.trim() !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready && !step.isPending) step.mutate({ to, evidence });
  };
  return (
    <form className="form" ref={form} onSubmit={submit} noValidate>
      <StepFault error={step.error} />
      <Field
        label={t('next.evidence')}
        value={evidence}
        onChange={(text) => draft.write({ evidence: text })}
        maxLength={1000}
        placeholder={t(`next.evidenceHint.${to}`)}
      />
      <Button type="primary" htmlType="submit" disabled={!ready} loading={step.isPending}>
        {t(`next.advance.${to}`)}
      </Button>
    </form>
  );
}
