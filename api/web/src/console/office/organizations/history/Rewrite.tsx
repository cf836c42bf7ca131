import { type ReactNode, useState } from 'react';
import { writtenDay } from '../../../../format/day';
import type { OrganizationDetail } from '../../../api/contract';
import { useLanguage } from '../../../services';
import { type Content, contentOf } from '../../../state/contents';
import { Dialog } from '../../Dialog';
import Plans from '../plans/Plans';
import { useReplacing } from '../useReplacing';
import { Below } from './Below';
import { DayField, isBy, lastPlanned, useToday } from './DayField';
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
  /** Says what is to come on a day. */
  planned: (day: string) => string;
  dayHint: string;
  /** Where the change is chosen. */
  children: ReactNode;
}

/** Asks for other content of an organization and the day from which on it holds, and writes it. */
export function Rewrite({
  organization,
  onClose,
  what,
  change,
  said,
  planned,
  dayHint,
  children,
}: RewriteProps) {
  const { t } = useHistoryWords();
  const today = useToday();
  const language = useLanguage();
  const [day, setDay] = useState(today);
  const { write, dialog, busy, error } = useReplacing(
    organization,
    (written) => (day > today ? planned(writtenDay(day, language)) : said(written)),
    onClose,
  );
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
        okButtonProps={{ disabled: change === null || !isBy(day, lastPlanned(today)), loading: busy }}
        cancelText={t('console:cancel')}
      >
        <div className="form">
          {children}
          <DayField value={day} onChange={setDay} hint={dayHint} ahead />
          <Plans organization={organization} saving />
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
