import { describe, expect, test } from 'vitest';
import type { LocationStep, Verification } from '../api/contract';
import { locationStates, metresIn, nextState, nextSteps, stagesOf, stateMark, totalOf } from './verification';

let id = 0;
const step = (from: string, to: string, cause: LocationStep['cause'] = 'hand'): LocationStep => {
  id++;
  return {
    ...{ id, version: id, from, to, cause, author: `author ${id}`, at: `2026-01-0${(id % 9) + 1}T00:00:00Z` },
    ...{ evidence: '', reason: '', location: [120, 30], accuracy_m: 5, distance_m: null },
  };
};
const verification = (state: Verification['state'], steps: LocationStep[]): Verification => ({
  ...{ id: 1, version: 9, state, accuracy_m: 5, location: [120, 30], steps, findings: [], checked_at: null },
  ...{ reported: { author: 'clerk', at: '2026-01-01T00:00:00Z' }, next: null, back: [], may_recheck: false },
});

describe('the way of a location', () => {
  test('is told by the steps that led to each state', () => {
    const steps = [step('reported', 'checked', 'check'), step('checked', 'compared')];
    const stages = stagesOf(verification('compared', steps));
    expect(stages.map(({ place }) => place)).toEqual(['done', 'done', 'now', 'open', 'open', 'open']);
    expect(stages[0]).toMatchObject({ author: 'clerk', step: null });
    expect(stages[1]?.step).toBe(steps[0]);
    expect(stages[2]?.author).toBe(steps[1]?.author);
    expect(stages[3]).toMatchObject({ author: null, at: null });
  });

  test('forgets what it was sent back behind', () => {
    const back = step('approved', 'checked');
    const steps = [
      ...[step('reported', 'checked', 'check'), step('checked', 'compared'), step('compared', 'approved')],
      back,
    ];
    const stages = stagesOf(verification('checked', steps));
    expect(stages[1]).toMatchObject({ step: steps[0], back });
    expect(stages[0]?.back).toBeNull();
    expect(stages.slice(2).every(({ step }) => step === null)).toBe(true);
    const again = step('checked', 'compared');
    expect(stagesOf(verification('compared', [...steps, again]))[2]?.back).toBeNull();
    expect(stagesOf(verification('compared', [...steps, again]))[2]?.step).toBe(again);
  });

  test('tells of a location that was moved who moved it', () => {
    const moved = step('approved', 'reported', 'moved');
    const stages = stagesOf(verification('reported', [step('checked', 'compared'), moved]));
    expect(stages[0]).toMatchObject({ author: moved.author, step: null, back: moved });
  });

  test('comes back with what is undone', () => {
    const steps = [step('reported', 'checked', 'check'), step('checked', 'compared')];
    const moved = step('compared', 'reported', 'moved');
    const again = { ...step('reported', 'checked', 'check'), version: moved.version };
    const undone = { ...step('checked', 'compared', 'undone'), version: moved.version + 1 };
    const stages = stagesOf(verification('compared', [...steps, moved, again, undone]));
    expect(stages[1]).toMatchObject({ step: steps[0], back: null });
    expect(stages[2]).toMatchObject({ place: 'now', step: steps[1], back: null });
    const put = { ...step('reported', 'checked', 'check'), version: 1 };
    const taken = { ...step('checked', 'reported', 'undone'), version: 2 };
    expect(stagesOf(verification('reported', [put, taken]))[0]).toMatchObject({
      author: 'clerk',
      step: null,
      back: null,
    });
  });

  test('of imported states nothing is on record', () => {
    const stages = stagesOf(verification('approved', []));
    expect(stages[2]).toMatchObject({ place: 'done', at: null });
    expect(stages[3]).toMatchObject({ place: 'now', at: null });
  });
});

test('states follow each other', () => {
  expect(locationStates.map(nextState)).toEqual([...locationStates.slice(1), null]);
});

test('no two states look the same, by colour or by shape', () => {
  expect(new Set(locationStates.map((state) => stateMark(state).colour)).size).toBe(6);
  expect(new Set(locationStates.map((state) => stateMark(state).shape)).size).toBe(6);
});

test('metres as people write them', () => {
  expect(['', '20', ' ±20 米', '1.5m', '0'].map(metresIn)).toEqual([0, 20, 20, 1.5, 0]);
  expect(['二十', '-1', '2000001', '20 km', 'NaN'].map(metresIn)).toEqual([null, null, null, null, null]);
});

test('steps that follow are counted in their order', () => {
  const of = (...states: string[]) => nextSteps(states.map((state) => ({ state }) as never));
  expect(of('compared', 'checked', 'checked', 'confirmed')).toEqual([
    ['compared', 2],
    ['approved', 1],
  ]);
  expect(of('confirmed')).toEqual([]);
});

test('how many there are is told as far as it is known', () => {
  const counts = {
    states: { reported: 5, checked: 2, confirmed: 0 },
    findings: { generated: 3 },
    capped: false,
  };
  const total = (state: string, finding: string, other = {}) =>
    totalOf({ state, finding }, { ...counts, ...other });
  expect(totalOf({ state: '', finding: '' }, undefined)).toBeNull();
  expect(total('', '')).toEqual({ count: 7, least: false });
  expect(total('', '', { states: { reported: 5, confirmed: 1 } })).toEqual({ count: 5, least: true });
  expect(total('checked', '')).toEqual({ count: 2, least: false });
  expect(total('', 'generated')).toEqual({ count: 3, least: false });
  expect(total('checked', 'generated')).toBeNull();
  expect(total('', 'generated', { capped: true })).toBeNull();
});
