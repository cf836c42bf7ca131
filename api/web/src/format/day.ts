import type { SpanName } from '../state/url';

/** The first day that a history of codes knows. */
export const firstDay = '1981-01-01';

/** Civil days are China's, whatever the clock of the machine says. */
const china = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai', dateStyle: 'short' });

/** The day in China at an instant, 2025-06-30. */
export function dayAt(instant: Date): string {
  return china.format(instant);
}

/** Whether a day has not come yet in China; without a day it is today. */
export function isFuture(day: string | null): boolean {
  return day !== null && day > dayAt(new Date());
}

/** The day so many days later, or earlier. */
export function plusDays(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

/** The same day of the next year, less one: a grant of a year from today ends with it. */
export function yearFrom(day: string): string {
  return plusDays(day, 364);
}

const perDay = 86_400_000;

/** How many days lie from one to another; negative when it is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / perDay);
}

/** The first day of a span that ends today. */
export function spanStart(span: SpanName, end: string): string {
  const days = { month: 30, year: 365, decade: 3652, all: daysBetween(firstDay, end) };
  return plusDays(end, -days[span]);
}

/** The day as a date is written. */
export function writtenDay(day: string, language: string): string {
  const format = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en', {
    dateStyle: 'medium',
    timeZone: 'UTC',
  });
  return format.format(Date.parse(day));
}
