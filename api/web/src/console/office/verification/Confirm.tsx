import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { distance } from '../../../format/scale';
import { Refusal } from '../../api/client';
import type { LocationMove, Verification } from '../../api/contract';
import { useWrite } from '../../api/useWrite';
import { useLanguage } from '../../services';
import { Field } from '../../ui/Field';
import { faultyField } from '../../ui/Sentence';
import { devicePosition, NoPosition } from '../position';
import { StepFault } from './StepFault';
import type { Draft } from './useDraft';
import { useStep } from './useStep';
import { useWords } from './useWords';

interface ConfirmProps {
  verification: Verification;
  name: string;
  draft: Draft;
}

/** Confirms a location on the spot; where that cannot be shown, with a reason. */
export function Confirm({ verification, name, draft }: ConfirmProps) {
  const { t } = useWords();
  const step = useStep(verification, name, draft);
  const { excuse: reason } = draft;
  const [device, setDevice] = useState<LocationMove['device']>(null);
  const locate = useWrite({
    mutationFn: devicePosition,
    onSuccess: (found) => {
      setDevice(found);
      step.mutate({ to: 'confirmed', device: found });
    },
  });
  const busy = locate.isPending || step.isPending;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim() !== '' && !busy)
      step.mutate({ to: 'confirmed', reason, ...(device ? { device } : {}) });
  };
  return (
    <>
      <p className="quiet">{t('next.confirmText')}</p>
      <Button type="primary" loading={busy} onClick={() => locate.mutate()}>
        {t(locate.isPending ? 'next.locating' : 'next.advance.confirmed')}
      </Button>
      {locate.isError && (
        <p className="notice alarm" role="alert">
          {t('next.noDevice', {
            why: t(`next.why.${locate.error instanceof NoPosition ? locate.error.why : 'none'}`),
          })}
        </p>
      )}
      {isFar(step.error) ? <Far error={step.error} /> : <StepFault error={step.error} />}
      {(locate.isError || step.isError || reason !== '') && (
        <form className="form" onSubmit={submit} noValidate>
          <Field
            label={t('next.reason')}
            value={reason}
            onChange={(text) => draft.write({ excuse: text })}
            maxLength={1000}
          />
          <Button htmlType="submit" disabled={reason.trim() === ''} loading={step.isPending}>
            {t('next.confirmAnyway')}
          </Button>
        </form>
      )}
    </>
  );
}

/** How far off the device is, or how well it knows where it is, and what would do. */
function Far({ error }: { error: Refusal }) {
  const { t } = useWords();
  const language = useLanguage();
  const { limit_m = 0, distance_m, accuracy_m = 0 } = error.problem?.figures ?? {};
  const limit = distance(limit_m, language);
  return (
    <p className="notice alarm" role="alert">
      {distance_m === undefined
        ? t('next.vague', { accuracy: distance(accuracy_m, language), limit })
        : t('next.far', { distance: distance(distance_m, language), limit })}
    </p>
  );
}

/** The device is not where the location is, or does not know where it is. */
function isFar(error: unknown): error is Refusal {
  return (
    error instanceof Refusal &&
    error.status === 400 &&
    faultyField(error) === 'device' &&
    error.problem?.figures !== undefined
  );
}
