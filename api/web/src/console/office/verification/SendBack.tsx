import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { listed } from '../../../format/list';
import type { LocationState, Verification } from '../../api/contract';
import { useLanguage } from '../../services';
import { lostStates } from '../../state/verification';
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

/** Sends a location back to an earlier state, with a reason. That has no undo: what is lost by it is said before. */
export function SendBack({ verification, name, draft }: SendBackProps) {
  const { t, stateName } = useWords();
  const step = useStep(verification, name, draft);
  const language = useLanguage();
  const [chosen, setTo] = useState<LocationState | null>(null);
  const [asked, setAsked] = useState(false);
  const { reason } = draft;
  const [open] = useState(reason !== '');
  // Others may have sent it back behind the state that was chosen.
  const to = verification.back.find((one) => one === chosen) ?? verification.back.at(-1) ?? 'reported';
  const lost = listed(lostStates(verification.state, to).map(stateName), language);
  const ready = reason.trim() !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(ready);
  };
  const send = () => step.mutate({ back: to, reason }, { onSettled: () => setAsked(false) });
  return (
    <details className="fold send-back block" open={open}>
      <summary>{t('back.title')}</summary>
      <form className="form" onSubmit={submit} noValidate>
        <StepFault error={step.error} />
        <Choice
          label={t('back.to')}
          value={to}
          onChange={(state) => {
            setTo(state);
            setAsked(false);
          }}
          options={verification.back.map((state) => [state, stateName(state)] as const)}
        />
        <Field
          label={t('back.reason')}
          value={reason}
          onChange={(text) => {
            draft.write({ reason: text });
            setAsked(false);
          }}
          maxLength={1000}
        />
        {!asked && (
          <Button htmlType="submit" danger disabled={!ready}>
            {t('back.send')}
          </Button>
        )}
      </form>
      {asked && (
        <div className="send-back-sure" role="alertdialog" aria-label={t('back.title')}>
          <p>{t('back.sure', { name, state: stateName(to), steps: lost })}</p>
          <div className="buttons">
            <Button autoFocus onClick={() => setAsked(false)}>
              {t('console:cancel')}
            </Button>
            <Button danger loading={step.isPending} onClick={send}>
              {t('back.yes')}
            </Button>
          </div>
        </div>
      )}
    </details>
  );
}
