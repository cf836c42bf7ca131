import { describe, expect, test } from 'vitest';
import type { components } from '../../api/schema';
import { ChosenSystem, readPlace } from './reading';

type Coordinate = components['schemas']['Coordinate'];

/** What the server answers, as far as it matters here. */
function coordinate(understood: Partial<Coordinate['understood']>, others: string[] = []): Coordinate {
  const of = (system: string) => ({ understood: { system } });
  return {
    wgs84: [120.9, 28.02],
    understood: {
      system: 'EPSG:4326',
      told: false,
      notation: 'decimal',
      coordinates: [120.9, 28.02],
      order: 'xy',
      order_told: true,
      ...understood,
    },
    others: others.map(of),
  } as unknown as Coordinate;
}

const bare = async (_: string, crs: string | null) =>
  coordinate(crs === null ? {} : { system: crs, told: true });

describe('a text', () => {
  test('of bare numbers is no place until a system was chosen, and is in that one then', async () => {
    const choices = ['EPSG:4326', 'gcj02', 'bd09'];
    expect(await readPlace('120.9,28.02', null, bare)).toEqual({ is: 'unsure', choices });
    const read = await readPlace('120.9,28.02', 'gcj02', bare);
    expect(read).toMatchObject({ is: 'coordinate', choices, place: { crs: 'gcj02', text: '120.9,28.02' } });
    expect(await readPlace('120.9,28.02', 'EPSG:4326', bare)).toMatchObject({ place: { crs: 'EPSG:4326' } });
  });

  test('that says its system is in that one, whatever was chosen', async () => {
    const asked: (string | null)[] = [];
    const link = async (_: string, crs: string | null) => {
      asked.push(crs);
      return coordinate({ system: 'gcj02', told: true, notation: 'link' });
    };
    expect(await readPlace('https://uri.amap.com/marker', 'bd09', link)).toMatchObject({
      is: 'coordinate',
      choices: [],
      place: { crs: 'gcj02' },
    });
    expect(asked).toEqual([null]);
  });

  test('of metres asks between what they can be only, and not when they can be one thing', async () => {
    const metres = { notation: 'metres', system: 'EPSG:4549' } as const;
    expect(await readPlace('3100000 500000', 'gcj02', async () => coordinate(metres, ['EPSG:4508']))).toEqual(
      {
        is: 'unsure',
        choices: ['EPSG:4549', 'EPSG:4508'],
      },
    );
    expect(await readPlace('3100000 500000', null, async () => coordinate(metres))).toMatchObject({
      is: 'coordinate',
      place: { crs: 'EPSG:4549' },
    });
  });

  test('that the chosen system cannot hold is asked about', async () => {
    const refusing = async (_: string, crs: string | null) => (crs === null ? coordinate({}) : null);
    expect(await readPlace('120.9,28.02', 'bd09', refusing)).toMatchObject({ is: 'unsure' });
  });

  test('with latitude first says so', async () => {
    const turned = async () => coordinate({ order: 'yx', told: true });
    expect(await readPlace('28.02,120.9', null, turned)).toMatchObject({ northFirst: true });
  });

  test.each([
    ['杭州市西湖区北山街道84号', 'words'],
    ['abc什么都不是', 'words'],
    ['【高德地图】柳浪村 https://surl.amap.com/1a2b3c', 'link'],
  ])('%s is of %s', async (text, is) => {
    expect(await readPlace(text, 'gcj02', async () => null)).toEqual({ is });
  });
});

test('the chosen system is kept for its account only, and no other than of degrees', () => {
  window.localStorage.clear();
  const of = (account: number) => new ChosenSystem(window.localStorage, account);
  expect(of(5).get()).toBeNull();
  of(5).keep('gcj02');
  of(5).keep('EPSG:4549');
  expect(of(5).get()).toBe('gcj02');
  expect(of(6).get()).toBeNull();
  window.localStorage.setItem('place-system:5', 'nonsense');
  expect(of(5).get()).toBeNull();
});
