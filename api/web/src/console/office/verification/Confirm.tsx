import { useMutation } from '@tanstack/react-query';
import { Button } from 'antd';
import { type FormEvent, useState } from 'react';
import { Refusal } from '../../api/client';
import type { LocationMove, Verification } from '../../api/contract';
import { Field } from '../../ui/Field';
import { faultyField, Sentence } from '../../ui/Sentence';
import { devicePosition, NoPosition } from '../position';
import { useStep } from './useStep';
import { useWords } from './useWords';

/** Confirms a location on the spot; where that cannot be shown, with a reason. */
export function Confirm({ verification, name }: { verification: Verification; name: string }) {
  const { t } = useWords();
  const step = useStep(verification, name);
  const [device, setDevice] = useState<LocationMove['device']>(null);
  const [reason, setReason] = useState('');
  const locate = useMutation({
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
      {step.isError && (
        <p className="notice alarm" role="alert">
          {isFar(step.error) ? t('next.far') : <Sentence error={step.error} />}
        </p>
      )}
      {(locate.isError || step.isError) && (
        <form className="form" onSubmit={submit} noValidate>
          <Field label={t('next.reason')} value={reason} onChange={setReason} maxLength={1000} />
          <Button htmlType="submit" disabled={reason.trim() === ''} loading={step.isPending}>
            {t('next.confirmAnyway')}
          </Button>
        </form>
      )}
    </>
  );
}

/** The device is not where the location is, or does not know where it is. */
function isFar(error: unknown): boolean {
  return error instanceof Refusal && error.status === 400 && faultyField(error) === 'device';
}
