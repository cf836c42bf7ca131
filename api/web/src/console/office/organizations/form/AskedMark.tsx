import type { ReactNode } from 'react';
import type { AskedField } from '../../../api/contract';
import { useOpenTask } from '../../../api/tasks';
import { idIn, useRoute } from '../../../state/route';
import { useWords } from '../useWords';

/** What the task asks for, for which the form was opened; nothing when it was opened for none. */
export function useAsked(organization: number | undefined): readonly AskedField[] {
  const { query } = useRoute();
  const task = useOpenTask(organization === undefined ? null : idIn(query.task), organization ?? 0);
  return task.data?.fields ?? [];
}

interface AskedMarkProps {
  field: AskedField;
  asked: readonly AskedField[];
  children: ReactNode;
}

/** Marks a field of the form that a task asks for. */
export function AskedMark({ field, asked, children }: AskedMarkProps) {
  const { t } = useWords();
  const is = asked.includes(field);
  return (
    <div className={is ? 'asked-mark' : 'may-be-asked'} data-asked={is ? field : undefined}>
      {is && <span className="asked-mark-tag">{t('form.asked')}</span>}
      {children}
    </div>
  );
}
