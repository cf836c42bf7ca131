import { writtenDay } from '../../../../format/day';
import { aboutOf, useHistoryActions } from '../../../api/history';
import { useWrite } from '../../../api/useWrite';
import { useLanguage, useServices } from '../../../services';
import { Fault } from '../../Notice';
import { usePlanWords } from './usePlanWords';

interface CancelPlanProps {
  organization: { id: number; name: string; version: number };
  day: string;
}

/** Cancels what is planned from a day on, with the way back. */
export function CancelPlan({ organization: { id, name, version }, day: from }: CancelPlanProps) {
  const { t } = usePlanWords();
  const { undoing } = useServices();
  const { cancel, undo } = useHistoryActions();
  const day = writtenDay(from, useLanguage());
  const send = useWrite({
    mutationFn: () => cancel(id, version, from),
    onSuccess: (written) =>
      undoing.offer(t('cancelled', { name, day }), () => undo(id, written.version), aboutOf(id)),
  });
  return (
    <>
      <button
        type="button"
        className="button"
        aria-label={t('cancelOf', { day })}
        disabled={send.isPending}
        onClick={() => send.mutate()}
      >
        {t('cancel')}
      </button>
      {send.isError && <Fault error={send.error} />}
    </>
  );
}
