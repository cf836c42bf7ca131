import { useState } from 'react';
import { dayAt, plusDays } from '../../../../format/day';
import { Field } from '../../../ui/Field';
import { useHistoryWords } from './useHistoryWords';

/** The day on which a dialog was opened. */
export function useToday(): string {
  const [today] = useState(() => dayAt(new Date()));
  return today;
}

/** The last day that is planned for: ten years on. */
export function lastPlanned(today: string): string {
  return plusDays(today, 3652);
}

/** Whether a text is a day, and not later than another one. */
export function isBy(day: string, last: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && day <= last;
}

interface DayFieldProps {
  value: string;
  onChange: (day: string) => void;
  hint: string;
  /** Whether it may be planned: for a day to come. */
  ahead?: boolean;
}

/** The day from which on something holds: today or before, or one to come where that can be planned. */
export function DayField({ value, onChange, hint, ahead = false }: DayFieldProps) {
  const { t } = useHistoryWords();
  const today = useToday();
  const last = ahead ? lastPlanned(today) : today;
  return (
    <Field
      label={t('date')}
      type="date"
      max={last}
      value={value}
      onChange={onChange}
      hint={ahead && value > today ? t('dateAhead') : hint}
      error={!isBy(value, last) && t(ahead ? 'dateFar' : 'dateBad')}
    />
  );
}
