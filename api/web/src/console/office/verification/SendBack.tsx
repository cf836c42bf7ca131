import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import type { Verification } from '../../api/contract';
import { Field } from '../../ui/Field';
import { Sentence } from '../../ui/Sentence';
import { Choice } from '../Choice';
import { useStep } from './useStep';
import { useWords } from './useWords';

/** Sends a location back to an earlier state, with a reason. */
export function SendBack({ verification, name }: { verification: Verification; name: string }) {
  const { t, stateName } = useWords();
  const step = useStep(verification, name);
  const [to, setTo] = useState(verification.back[0] ?? 'reported');
  const [reason, setReason] = useState('');
  const ready = reason.trim() !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready && !step.isPending) step.mutate({ back: to, reason });
  };
  return (
    <details className="fold send-back block">
      <summary>{t('back.title')}</summary>
      <form className="form" onSubmit={submit} noValidate>
        {step.isError && (
          <p className="notice alarm" role="alert">
            <Sentence error={step.error} />
          </p>
        )}
        <Choice
          label={t('back.to')}
          value={to}
          onChange={setTo}
          options={verification.back.map((state) => [state, stateName(state)] as const)}
        />
        <Field label={t('back.reason')} value={reason} onChange={setReason} maxLength={1000} />
        <Button htmlType="submit" danger disabled={!ready} loading={step.isPending}>
          {t('back.send')}
        </Button>
      </form>
    </details>
  );
}
