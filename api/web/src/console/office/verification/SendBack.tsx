import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import type { LocationState, Verification } from '../../api/contract';
import { Field } from '../../ui/Field';
import { Choice } from '../Choice';
import { StepFault } from './StepFault';
import type { Draft } from './useDraft';
import { useStep } from './useStep';
import { useWords } from './useWords';

interface SendBackProps {
  verification: Verification;
  name: string;
  draft: Draft;
}

/** Sends a location back to an earlier state, with a reason. */
export function SendBack({ verification, name, draft }: SendBackProps) {
  const { t, stateName } = useWords();
  const step = useStep(verification, name, draft);
  const [chosen, setTo] = useState<LocationState>('reported');
  const { reason } = draft;
  // Others may have sent it back behind the state that was chosen.
  const to = verification.back.includes(chosen) ? chosen : (verification.back[0] ?? 'reported');
  const ready = reason.trim() !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready && !step.isPending) step.mutate({ back: to, reason });
  };
  return (
    <details className="fold send-back block">
      <summary>{t('back.title')}</summary>
      <form className="form" onSubmit={submit} noValidate>
        <StepFault error={step.error} />
        <Choice
          label={t('back.to')}
          value={to}
          onChange={setTo}
          options={verification.back.map((state) => [state, stateName(state)] as const)}
        />
        <Field
          label={t('back.reason')}
          value={reason}
          onChange={(text) => draft.write({ reason: text })}
          maxLength={1000}
        />
        <Button htmlType="submit" danger disabled={!ready} loading={step.isPending}>
          {t('back.send')}
        </Button>
      </form>
    </details>
  );
}
