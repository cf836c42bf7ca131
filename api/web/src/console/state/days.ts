/** Civil days are China's, whatever the clock of the machine says. */
const china = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Shanghai', dateStyle: 'short' });

/** The day in China at an instant, 2025-06-30. */
export function dayAt(instant: Date): string {
  return china.format(instant);
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
