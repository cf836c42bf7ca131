import { describe, expect, test } from 'vitest';
import { csv } from '../../tools/csv';
import {
  columns,
  type Line,
  listQuery,
  movedTo,
  nothingPicked,
  type Picking,
  reached,
  showOf,
  sortOf,
  sortText,
  tableRows,
  toggled,
  toggledRow,
  turned,
} from './table';

describe('the sort in the address', () => {
  test.each(columns.flatMap((column) => [column, `-${column}`]))('%s is read and written', (text) => {
    expect(sortText(sortOf(text))).toBe(text);
  });

  test.each([undefined, '', '-', 'id', '--name', 'Name'])('%s is none', (text) => {
    expect(sortOf(text)).toBeNull();
  });

  test('a header turns it upwards, downwards and off, and another header begins anew', () => {
    const up = turned(null, 'name');
    const down = turned(up, 'name');
    expect([sortText(up), sortText(down), sortText(turned(down, 'name'))]).toEqual(['name', '-name', '']);
    expect(sortText(turned(down, 'code'))).toBe('code');
  });
});

describe('what is shown', () => {
  test('of a wide screen all, of a narrow one the tree, unless the address says so', () => {
    expect([showOf(undefined, false), showOf(undefined, true)]).toEqual(['all', 'tree']);
    expect([showOf('map', false), showOf('table', true), showOf('chart', false)]).toEqual([
      'map',
      'table',
      'all',
    ]);
  });

  test('table and map are hidden and shown each by itself', () => {
    expect([toggled('all', 'table'), toggled('all', 'map')]).toEqual(['map', 'table']);
    expect([toggled('table', 'map'), toggled('map', 'table')]).toEqual(['all', 'all']);
    expect([toggled('table', 'table'), toggled('map', 'map')]).toEqual(['tree', 'tree']);
    expect([toggled('tree', 'table'), toggled('tree', 'map')]).toEqual(['table', 'map']);
  });

  test('what belongs to the list stays when another organization is opened', () => {
    expect(listQuery({ show: 'table', within: '7', tab: 'history', sort: '-name', status: '' })).toEqual({
      show: 'table',
      within: '7',
      sort: '-name',
    });
  });
});

describe('choosing rows', () => {
  const ids = [50, 40, 30, 20, 10];
  const at = (id: number): Picking => ({ ...nothingPicked, active: id, anchor: id });

  test('moving chooses nothing and takes nothing away', () => {
    const picked = toggledRow(at(40), 40);
    const moved = movedTo(ids, picked, 3, false);
    expect(moved.active).toBe(20);
    expect([...moved.chosen]).toEqual([40]);
  });

  test('a range grows and shrinks around its anchor, also upwards', () => {
    const two = movedTo(ids, at(30), 3, true);
    expect([...two.chosen]).toEqual([30, 20]);
    const up = movedTo(ids, two, 0, true);
    expect([...up.chosen]).toEqual([50, 40, 30]);
    expect([up.active, up.anchor]).toEqual([50, 30]);
  });

  test('a range stays within the rows, and no rows leave everything as it is', () => {
    expect([...movedTo(ids, at(20), 99, true).chosen]).toEqual([20, 10]);
    expect(movedTo([], at(20), 1, true)).toEqual(at(20));
  });

  test('an anchor that is gone begins at the first row', () => {
    expect([...movedTo(ids, at(99), 1, true).chosen]).toEqual([50, 40]);
  });

  test('a row is chosen and chosen no more', () => {
    const once = toggledRow(nothingPicked, 30);
    expect([...once.chosen]).toEqual([30]);
    expect(toggledRow(once, 30).chosen.size).toBe(0);
  });

  test('keys lead to rows that are there', () => {
    expect(
      ['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End'].map((key) => reached(key, 3, 5, 10)),
    ).toEqual([4, 2, 4, 0, 0, 4]);
    expect(reached('x', 3, 5, 10)).toBeNull();
  });
});

test('the file has what the table shows, with names instead of codes, and opens as UTF-8', () => {
  const line: Line = {
    id: 1,
    name: '柳塘,"试点"',
    code: '=1+1',
    kind: 'branch',
    level: 'village',
    status: 'active',
    division: '330102001001',
    location: [120, 30],
    location_state: 'checked',
    location_source: 'map',
    location_accuracy_m: 0,
  };
  const named = (code: string) => `[${code}]`;
  const words = {
    header: named,
    kind: named,
    level: named,
    status: named,
    state: named,
    division: () => '柳塘村',
  };
  const text = csv(tableRows([line, { ...line, location_accuracy_m: 12.5 }], words));
  expect(text).toBe(
    '\uFEFF[name],[code],[kind],[level],[status],[division],[location_state],[location_accuracy_m]\r\n' +
      '"柳塘,""试点""",\'=1+1,[branch],[village],[active],柳塘村,[checked],\r\n' +
      '"柳塘,""试点""",\'=1+1,[branch],[village],[active],柳塘村,[checked],12.5\r\n',
  );
});
