import { describe, expect, test } from 'vitest';
import type { SearchHit } from '../../api/client';
import { ownFirst } from '../api/search';
import { placeIn, placeOf } from './at';
import { beltOf } from './belt';

const organization = (id: number) =>
  ({ type: 'organization', id, name: `${id}`, location: [120, 30] }) as SearchHit;

describe('a place in the address', () => {
  test('is read as it was written', () => {
    const hit = {
      type: 'address',
      level: 4,
      placed_level: 4,
      location: [120.1, 30.2],
      accuracy_m: 900,
    } as SearchHit;
    expect(placeIn(placeOf(hit) ?? undefined)).toEqual({ lng: 120.1, lat: 30.2, zoom: 12, accuracy: 900 });
    const spot = { type: 'coordinate', location: [120.1, 30.2] } as SearchHit;
    expect(placeIn(placeOf(spot) ?? undefined)).toEqual({ lng: 120.1, lat: 30.2, zoom: 15, accuracy: 0 });
    expect(placeOf({ type: 'division', level: 3, location: null } as SearchHit)).toBeNull();
  });

  test('what is none is none', () => {
    for (const text of [undefined, '', 'a,b', '120', '200,30', '120,95', '120,30,x'])
      expect(placeIn(text)).toBeNull();
  });
});

test('one stands before others, and once', () => {
  const spot = { type: 'coordinate', name: '120, 30' } as SearchHit;
  const ids = ownFirst([organization(7)], [spot, organization(3), organization(7)]).map((hit) =>
    hit.type === 'organization' ? hit.id : hit.type,
  );
  expect(ids).toEqual(['coordinate', 7, 3]);
});

test('belts have their numbers and meridians', () => {
  expect(beltOf('EPSG:4528')).toEqual({ degrees: 3, zone: 40, meridian: 120 });
  expect(beltOf('EPSG:4549')).toEqual({ degrees: 3, zone: 40, meridian: 120 });
  expect(beltOf('EPSG:4498')).toEqual({ degrees: 6, zone: 20, meridian: 117 });
  expect(beltOf('EPSG:4509')).toEqual({ degrees: 6, zone: 20, meridian: 117 });
  expect(beltOf('EPSG:4490')).toBeNull();
  expect(beltOf('bd09mc')).toBeNull();
});
