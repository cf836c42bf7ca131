import { describe, expect, test } from 'vitest';
import { Refusal } from './client';
import type { BulkOutcome } from './contract';
import { namesOf, prospectOf, refusedIn } from './table';

function refusal(status: number, body: object): Refusal {
  return new Refusal(new Response(null, { status }), body);
}

const about = (id: number) =>
  refusal(409, { field: 'organizations', detail: `organization ${id} is retired` });

/** A server that refuses some, one at a time, as the real one does. */
function server(refused: readonly number[]) {
  const asked: number[][] = [];
  const ask = async (ids: readonly number[]): Promise<BulkOutcome> => {
    asked.push([...ids]);
    const first = ids.find((id) => refused.includes(id));
    if (first !== undefined) throw about(first);
    const items = ids.map((id) => ({
      id,
      version: id,
      name: String(id),
      parent: null,
      retired: false,
      changed: true,
      planned: [],
    }));
    return { items, preview: true };
  };
  return { ask, asked };
}

describe('what a change would do', () => {
  test('nothing refused takes one question', async () => {
    const { ask, asked } = server([]);
    const { items, refused, broken } = await prospectOf(ask, [3, 1, 2]);
    expect(items.map(({ id }) => id)).toEqual([3, 1, 2]);
    expect([refused.length, broken, asked.length]).toEqual([0, false, 1]);
  });

  test('what is refused is told, and the rest asked for again', async () => {
    const { ask, asked } = server([1, 5]);
    const { items, refused, broken } = await prospectOf(ask, [1, 2, 3, 5]);
    expect(items.map(({ id }) => id)).toEqual([2, 3]);
    expect(refused.map(({ id }) => id)).toEqual([1, 5]);
    expect(broken).toBe(false);
    expect(asked).toEqual([
      [1, 2, 3, 5],
      [2, 3, 5],
      [2, 3],
    ]);
  });

  test('all refused leaves nothing to change', async () => {
    const { ask } = server([7, 8]);
    const { items, refused, broken } = await prospectOf(ask, [7, 8]);
    expect([items.length, refused.length, broken]).toEqual([0, 2, false]);
  });

  test('too many refused end the questions, and nothing may be sent', async () => {
    const all = Array.from({ length: 50 }, (_, i) => i + 1);
    const { ask, asked } = server(all);
    const { items, refused, broken } = await prospectOf(ask, all);
    expect([items.length, refused.length, broken, asked.length]).toEqual([0, 20, true, 20]);
  });

  test('what is about none of them is no refusal of one', async () => {
    const circle = refusal(409, { field: 'parent', detail: 'organization 9 lies below itself' });
    await expect(prospectOf(() => Promise.reject(circle), [1, 2])).rejects.toBe(circle);
    const lost = new TypeError('network');
    await expect(prospectOf(() => Promise.reject(lost), [1])).rejects.toBe(lost);
  });
});

describe('whom a refusal is about', () => {
  test('the one that it names, of those asked for', () => {
    expect(refusedIn(about(12), [11, 12])).toBe(12);
    expect(refusedIn(about(12), [1, 2])).toBeNull();
    expect(refusedIn(refusal(412, { detail: 'changed', current: { id: 2 } }), [1, 2])).toBe(2);
    expect(refusedIn(new Error('organization 1'), [1])).toBeNull();
  });
});

describe('names of divisions', () => {
  test('each is asked for once, what is gone has none', async () => {
    const asked: string[] = [];
    let last = 0;
    const read = async (code: string) => {
      asked.push(code);
      if (code === 'gone') throw refusal(404, {});
      return `name of ${code}`;
    };
    const names = await namesOf(['a', 'b', 'a', 'gone'], read, (count) => {
      last = count;
    });
    expect([...names].sort()).toEqual([
      ['a', 'name of a'],
      ['b', 'name of b'],
    ]);
    expect(asked.sort()).toEqual(['a', 'b', 'gone']);
    expect(last).toBe(4);
  });

  test('a failure that is no absence is thrown', async () => {
    await expect(
      namesOf(
        ['a'],
        () => Promise.reject(refusal(503, {})),
        () => {},
      ),
    ).rejects.toThrow();
  });
});
