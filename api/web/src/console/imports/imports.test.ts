import { expect, test } from 'vitest';
import { Refusal } from '../api/client';
import { importsEn } from '../i18n/importsEn';
import { importsZh } from '../i18n/importsZh';
import { extentOf } from '../state/extent';
import { faultOf, fields, pagesOf, unreadOf, zones } from './mapping';

test('a choice of columns needs a name or a code, and no field twice', () => {
  expect(faultOf([null, 'kind'])).toBe('none');
  expect(faultOf(['name', null, 'name'])).toBe('name');
  expect(faultOf(['code', null, 'lat', 'lng'])).toBeNull();
});

test('every field and every reason has a name in both languages', () => {
  for (const field of fields) {
    expect(importsZh.field).toHaveProperty(field);
    expect(importsEn.field).toHaveProperty(field);
  }
  expect(Object.keys(importsEn.reason)).toEqual(Object.keys(importsZh.reason));
});

test('pages that rows on screen are on', () => {
  expect(pagesOf(0, 0, 200)).toEqual([]);
  expect(pagesOf(0, 30, 200)).toEqual([0]);
  expect(pagesOf(190, 230, 200)).toEqual([0, 1]);
});

test('zones go from 75°E to 135°E', () => {
  expect(zones()[0]).toEqual(['EPSG:4534', 75]);
  expect(zones().at(-1)).toEqual(['EPSG:4554', 135]);
});

test('a place far away does not widen the view of many', () => {
  const many = Array.from({ length: 100 }, (_, i): [number, number] => [120 + i / 100, 30]);
  expect(extentOf([])).toBeNull();
  expect(extentOf([[120, 30]])).toEqual([120, 30, 120, 30]);
  expect(extentOf([...many, [0, 0]])?.[0]).toBeGreaterThan(119);
  expect(extentOf([...many, [0, 0]], 0)?.[0]).toBe(0);
});

test('why a file did not come in is said by its kind, and of nothing else', () => {
  const refused = (status: number, field?: string) =>
    unreadOf(new Refusal(new Response(null, { status }), { type: '/problems/x', field }));
  expect([413, 400, 429, 503].map((status) => refused(status, 'file'))).toEqual([
    'large',
    'file',
    'second',
    null,
  ]);
  expect([refused(400, 'crs'), refused(429), unreadOf(new TypeError())]).toEqual([null, null, null]);
});
