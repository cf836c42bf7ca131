import type { Mark } from '../../map/kinds';
import type { LocationState, LocationStep, Verification } from '../api/contract';

/** The six states of a location, in their order. */
export const locationStates = [
  'reported',
  'checked',
  'compared',
  'approved',
  'inspected',
  'confirmed',
] as const satisfies readonly LocationState[];

/** The signs of the states: by colour and by shape. */
const marks = {
  reported: { colour: '#6f6a63', shape: 'cross' },
  checked: { colour: '#e69f00', shape: 'triangle' },
  compared: { colour: '#56b4e9', shape: 'diamond' },
  approved: { colour: '#0072b2', shape: 'square' },
  inspected: { colour: '#cc79a7', shape: 'hexagon' },
  confirmed: { colour: '#009e73', shape: 'circle' },
} as const satisfies Record<LocationState, Mark>;

export function stateMark(state: LocationState): Mark {
  return marks[state];
}

/** The state that follows; null after the last. */
export function nextState(state: LocationState): LocationState | null {
  return locationStates[locationStates.indexOf(state) + 1] ?? null;
}

/** Which steps follow for so many locations, in the order of the states; those that are done with all are left out. */
export function nextSteps(locations: readonly { state: LocationState }[]): [LocationState, number][] {
  const next = locations.map(({ state }) => nextState(state));
  return locationStates
    .map((state): [LocationState, number] => [state, next.filter((one) => one === state).length])
    .filter(([, count]) => count > 0);
}

/**
 * How many locations there are in a state or with a finding, as far as the counts tell: exactly, or at least so many; null when
 * they do not.
 */
export function totalOf(
  { state, finding }: { state: string; finding: string },
  counts: { states: Record<string, number>; findings: Record<string, number>; capped: boolean } | undefined,
): { count: number; least: boolean } | null {
  if (!counts || finding === 'unchecked') return null;
  if (finding !== '' && (state !== '' || counts.capped)) return null;
  if (finding !== '') return { count: counts.findings[finding] ?? 0, least: false };
  if (state !== '') return { count: counts.states[state] ?? 0, least: false };
  // Confirmed ones wait too when a finding contradicts them; how many these are is not counted.
  const waiting = locationStates.filter((one) => one !== 'confirmed');
  const count = waiting.reduce((sum, one) => sum + (counts.states[one] ?? 0), 0);
  return { count, least: (counts.states.confirmed ?? 0) > 0 };
}

/** The most metres that an accuracy may be. */
const mostMetres = 2_000_000;

/** The metres that a text says, 0 when it is empty; null when it says none. */
export function metresIn(text: string): number | null {
  const plain = text
    .trim()
    .replace(/^±/, '')
    .replace(/(米|m)$/i, '')
    .trim();
  const metres = Number(plain);
  return metres >= 0 && metres <= mostMetres ? metres : null;
}

/** A state on the way, and how the location came to it. */
export interface Stage {
  state: LocationState;
  /** done: the location has been there; now: it is there; open: it is still to come. */
  place: 'done' | 'now' | 'open';
  /** Who took the step, and when; null when no step is on record, or none was taken. */
  author: string | null;
  at: string | null;
  step: LocationStep | null;
  /** The step by which the location was sent back to the state that it is in; null when it was not. */
  back: LocationStep | null;
}

/** It leads to an earlier state. */
function isBack({ from, to }: LocationStep): boolean {
  return locationStates.indexOf(to as LocationState) < locationStates.indexOf(from as LocationState);
}

/**
 * The way that a location has gone up to now: of each state the step that led to it, unless it was sent back behind it since.
 */
export function stagesOf({ state, steps, reported }: Verification): Stage[] {
  let led = new Map<string, LocationStep>();
  const before = new Map<number, Map<string, LocationStep>>();
  for (const step of steps) {
    if (!before.has(step.version)) before.set(step.version, new Map(led));
    if (step.cause === 'undone') {
      // The write before was taken back: the way is what it was.
      led = new Map(before.get(step.version - 1) ?? led);
      continue;
    }
    const to = locationStates.indexOf(step.to as LocationState);
    for (const later of locationStates.slice(to + 1)) led.delete(later);
    if (!isBack(step) || !led.has(step.to)) led.set(step.to, step);
  }
  const last = steps.at(-1);
  const back = last && last.cause !== 'undone' && isBack(last) ? last : null;
  const now = locationStates.indexOf(state);
  return locationStates.map((one, i) => {
    const step = i <= now ? (led.get(one) ?? null) : null;
    const first = one === 'reported' && step === null ? reported : null;
    return {
      state: one,
      place: i < now ? 'done' : i === now ? 'now' : 'open',
      author: step?.author ?? first?.author ?? null,
      at: step?.at ?? first?.at ?? null,
      step: step && isBack(step) ? null : step,
      back: i === now ? back : null,
    };
  });
}
