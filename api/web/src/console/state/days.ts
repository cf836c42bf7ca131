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

/** The instant at which a day begins in China, as the interface takes it. */
export function startOf(day: string): string {
  return `${day}T00:00:00+08:00`;
}
