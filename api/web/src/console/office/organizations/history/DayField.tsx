import { useState } from 'react';
import { dayAt } from '../../../../format/day';
import { Field } from '../../../ui/Field';
import { useHistoryWords } from './useHistoryWords';

/** The day on which a dialog was opened. */
export function useToday(): string {
  const [today] = useState(() => dayAt(new Date()));
  return today;
}

/** Whether a text is a day that has begun. */
export function isPast(day: string, today: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) && day <= today;
}

interface DayFieldProps {
  value: string;
  onChange: (day: string) => void;
  hint: string;
}

/** The day from which on something holds: today or before. */
export function DayField({ value, onChange, hint }: DayFieldProps) {
  const { t } = useHistoryWords();
  const today = useToday();
  return (
    <Field
      label={t('date')}
      type="date"
      max={today}
      value={value}
      onChange={onChange}
      hint={hint}
      error={!isPast(value, today) && t('dateBad')}
    />
  );
}
