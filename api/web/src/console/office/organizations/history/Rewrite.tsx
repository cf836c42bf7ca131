import { type ReactNode, useState } from 'react';
import type { OrganizationDetail } from '../../../api/contract';
import { type Content, contentOf } from '../../../state/contents';
import { Dialog } from '../../Dialog';
import { useReplacing } from '../useReplacing';
import { Below } from './Below';
import { DayField, isPast, useToday } from './DayField';
import type { DialogProps } from './History';
import { Refused } from './Refused';
import { useHistoryWords } from './useHistoryWords';

interface RewriteProps extends Omit<DialogProps, 'turnTo'> {
  /** Whose texts it has. */
  what: 'rename' | 'move';
  /** What becomes another one; null while nothing does. */
  change: Partial<Content> | null;
  /** Says what was done. */
  said: (written: OrganizationDetail) => string;
  dayHint: string;
  /** Where the change is chosen. */
  children: ReactNode;
}

/** Asks for other content of an organization and the day from which on it holds, and writes it. */
export function Rewrite({ organization, onClose, what, change, said, dayHint, children }: RewriteProps) {
  const { t } = useHistoryWords();
  const today = useToday();
  const [day, setDay] = useState(today);
  const { write, dialog, busy, error } = useReplacing(organization, said, onClose);
  const { id, name } = organization;
  return (
    <>
      <Dialog
        unsaved={change !== null}
        title={t(`${what}.title`, { name })}
        open
        onCancel={onClose}
        onOk={() => write({ ...contentOf(organization), ...change }, day === today ? undefined : day)}
        okText={t(`${what}.send`)}
        okButtonProps={{ disabled: change === null || !isPast(day, today), loading: busy }}
        cancelText={t('console:cancel')}
      >
        <div className="form">
          {children}
          <DayField value={day} onChange={setDay} hint={dayHint} />
          <p className="notice">
            {t(`${what}.effect`, { name })} <Below id={id} />
          </p>
          {error && <Refused error={error} />}
        </div>
      </Dialog>
      {dialog}
    </>
  );
}
