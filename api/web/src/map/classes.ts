/**
 * Five steps from light to dark of one hue, even in OKLab lightness (0.91 to 0.47): told apart without colour vision,
 * and light enough for the white circles of clusters and their rings.
 */
export const ramp = ['#cde8e2', '#95cac4', '#64a9a8', '#3b888c', '#1d666e'] as const;

/** Divisions without organizations. */
export const zeroColour = '#ffffff';

/** The range of a class; the last one of a legend has no end. */
export interface Range {
  from: number;
  to: number | null;
}

/**
 * The least values of at most five classes with about equally many of the positive values in each, rounded to numbers
 * that a person reads at a glance. Zero has a class of its own; without positive values there is none.
 */
export function classStarts(values: readonly number[]): number[] {
  const sorted = values.filter((value) => value > 0).sort((a, b) => a - b);
  const [least] = sorted;
  const most = sorted[sorted.length - 1];
  if (least === undefined || most === undefined) return [];
  const starts = [1];
  for (let i = 1; i < ramp.length; i++) {
    const quantile = sorted[Math.floor((i * sorted.length) / ramp.length)] ?? most;
    const start = readable(quantile);
    if (start > (starts[starts.length - 1] ?? 0) && start > least) starts.push(start);
  }
  // Rounded upwards a class may have lost all that was in it: it says nothing.
  return starts.filter((start, i) => {
    const end = starts[i + 1] ?? Number.POSITIVE_INFINITY;
    return sorted.some((value) => value >= start && value < end);
  });
}

/** The nearest of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 × 10ⁿ; whole numbers below ten stay. */
export function readable(value: number): number {
  if (value < 10) return Math.round(value);
  const power = 10 ** Math.floor(Math.log10(value));
  const steps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
  const near = (step: number) => Math.abs(step - value / power);
  return Math.round(steps.reduce((best, step) => (near(step) < near(best) ? step : best)) * power);
}

/** The class of a value: 0 for zero, 1 for the first of the starts, and so on. */
export function classOf(value: number, starts: readonly number[]): number {
  if (value <= 0) return 0;
  return Math.max(1, starts.findLastIndex((start) => start <= value) + 1);
}

/** The ranges of the classes in order. */
export function ranges(starts: readonly number[]): Range[] {
  return starts.map((from, i) => {
    const next = starts[i + 1];
    return { from, to: next === undefined ? null : next - 1 };
  });
}

/** The colour of a class; fewer classes spread over the whole ramp. */
export function colourOf(index: number, count: number): string {
  if (index <= 0) return zeroColour;
  const last = ramp.length - 1;
  const step = count <= 1 ? Math.floor(last / 2) : Math.round(((index - 1) * last) / (count - 1));
  return ramp[step] ?? ramp[last] ?? zeroColour;
}
