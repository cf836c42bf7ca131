import type { SpanName } from '../state/url';

/** The first day that a history of codes knows. */
export const firstDay = '1981-01-01';

const perDay = 86_400_000;

/** The civil day of China, which has one time zone and no summer time, such as 2026-01-31. */
export function today(now: number): string {
  return new Date(now + 8 * 3_600_000).toISOString().slice(0, 10);
}

/** The day that lies a number of days after another. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * perDay).toISOString().slice(0, 10);
}

/** How many days lie from one to another; negative when it is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / perDay);
}

/** The first day of a span that ends today. */
export function spanStart(span: SpanName, end: string): string {
  const days = { month: 30, year: 365, decade: 3652, all: daysBetween(firstDay, end) };
  return addDays(end, -days[span]);
}

/** The day as a date is written. */
export function writtenDay(day: string, language: string): string {
  const format = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en', {
    dateStyle: 'medium',
    timeZone: 'UTC',
  });
  return format.format(Date.parse(day));
}
