import { readFileSync, writeFileSync } from 'node:fs';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch } from '../scripts/chromium.mjs';
import { tableEn } from '../src/console/i18n/tableEn';
import { tableZh } from '../src/console/i18n/tableZh';
import { address, sizes } from './browser';
import { asked, Desk, expectUsable } from './desk';

// One story, told in order: the table is sorted and filtered, rows are chosen by the keys and on the map, changed together, and
// all of it is taken back. What it showed goes into the file JINGWEI_ANSWERS, which cmd/jingwei/table_test.go compares with SQL.

const {
  JINGWEI_FIRST: first,
  JINGWEI_TOP: top,
  JINGWEI_ANSWERS: answers,
  JINGWEI_TOKEN: token,
} = process.env;
if (!first || !top || !answers || !token)
  throw new Error('see cmd/jingwei/table_test.go for what the test needs');
const { language, size } = asked();
const t = language === 'zh' ? tableZh : tableEn;
const password = 'seven old trees by the pond';

/** What the page showed. */
const shown = {
  matched: 0,
  sorts: {} as Record<string, number[]>,
  filtered: {} as Record<string, number>,
  below: 0,
  changed: [] as number[],
};

let browser: Browser;
let desk: Desk;
let phone: Desk;
beforeAll(async () => {
  browser = await launch();
  desk = await Desk.open(browser, size, language);
});
afterAll(async () => {
  const faults = [...(await desk.close()), ...((await phone?.close()) ?? [])];
  await browser.close();
  writeFileSync(answers, JSON.stringify(shown));
  expect(faults).toEqual([]);
});

const grid = () => desk.page.getByRole('grid');
/** Rows of organizations in sight, from the top down. */
const rows = () => desk.page.locator('.grid-row');
const ids = (): Promise<number[]> =>
  rows().evaluateAll((all) =>
    all
      .map(
        (row) =>
          [Number(row.getAttribute('aria-rowindex')), Number((row as HTMLElement).dataset.id)] as const,
      )
      .sort(([a], [b]) => a - b)
      .map(([, id]) => id),
  );
const chosen = (): Promise<number[]> =>
  desk.page
    .locator('.grid-row[aria-selected="true"]')
    .evaluateAll((all) => all.map((row) => Number((row as HTMLElement).dataset.id)));
const active = async () =>
  Number(await desk.page.locator('.grid-row.active').getAttribute('data-id', { timeout: 5000 }));
const settled = async () => {
  await desk.page.locator('.table-part[aria-busy="false"] .table-foot').waitFor();
  await expect.poll(() => desk.page.locator('.table-foot').textContent()).not.toContain(t.updating);
};
const matched = async () => {
  await settled();
  return Number(await desk.page.locator('[data-matched]').getAttribute('data-matched'));
};
/** What a row says of the status of an organization. */
const statusOf = (id: number): Locator => desk.page.locator(`.grid-row[data-id="${id}"] .cell-status`);
const keys = async (...pressed: string[]) => {
  for (const key of pressed) await desk.page.keyboard.press(key);
};

/** Presses a header until the address names the sort. */
async function sortBy(sort: string): Promise<void> {
  const column = sort.replace('-', '') as keyof typeof t.column;
  const header = desk.page.locator(`.grid-head .cell-${column} button`);
  for (let i = 0; i < 2; i++) {
    if (new URLSearchParams(new URL(desk.page.url()).hash.split('?')[1]).get('sort') === sort) break;
    await header.click();
  }
  const direction = sort.startsWith('-') ? 'descending' : 'ascending';
  await desk.page.locator(`.grid-head .cell-${column}[aria-sort="${direction}"]`).waitFor();
  await settled();
}

test('the table is sorted by its headers and filtered', async () => {
  await desk.go(first);
  await desk.field(desk.texts.account.name).fill('provincial.office');
  await desk.field(desk.texts.account.shownAs).fill('省社会工作部');
  await desk.choosePassword(password);
  await desk.page.locator('.pages').waitFor();
  await desk.go('/console#/organizations?show=table');
  await rows().first().waitFor();
  shown.matched = await matched();
  expect(await grid().getAttribute('aria-rowcount')).toBe(String(shown.matched + 1));
  for (const sort of [
    'name',
    'location_state',
    '-level',
    'status',
    'location_accuracy_m',
    '-location_accuracy_m',
  ]) {
    await sortBy(sort);
    shown.sorts[sort] = (await ids()).slice(0, 20);
  }
  await desk.field(t.filter.kind).selectOption('residents_committee');
  await expect.poll(matched).toBeLessThan(shown.matched);
  shown.filtered.kind = await matched();
  await desk.field(t.filter.kind).selectOption('');
  await desk.field(t.filter.state).selectOption('checked');
  await expect.poll(matched).toBeLessThan(shown.filtered.kind);
  shown.filtered.state = await matched();
  await desk.field(t.filter.state).selectOption('');
  await desk.field(t.filter.status).selectOption('draft');
  await expect.poll(matched).not.toBe(shown.matched);
  shown.filtered.status = await matched();
});

test('the end of what is read brings more', async () => {
  await desk.go('/console#/organizations?show=table&sort=name');
  await settled();
  await grid().focus();
  await keys('End');
  expect(await desk.page.locator('.grid-row.active').getAttribute('aria-rowindex')).toBe('201');
  await expect
    .poll(async () => (await desk.page.locator('.table-foot').textContent())?.includes('1,200'))
    .toBe(true);
  expect(await rows().count()).toBeLessThan(80);
  await desk.screenshot('table-only');
});

test('the tree narrows table and map, and the map marks the row that is active', async () => {
  const { page } = desk;
  await desk.go('/console#/organizations?sort=name');
  // The bar's search shows a place on the map of the list, the tree's chooses by the keys.
  await page.locator('.tree').waitFor();
  await keys('/');
  await page.keyboard.type('120.15,30.27');
  await page.locator('.bar .hit.coordinate').waitFor();
  await keys('Enter');
  await page.waitForURL(/at=120.15%2C30.27/);
  await page.locator('.finder input').fill('一一区社会工作部');
  await page.locator('.found-one', { hasText: '一一区社会工作部' }).first().waitFor();
  await keys('ArrowDown', 'Enter');
  await page.waitForURL(new RegExp(`within=${top}`));
  await expect.poll(matched).toBe(7);
  shown.below = await matched();
  shown.sorts[`name within ${top}`] = await ids();
  await page.locator('.list-map canvas').waitFor();
  const drawn = () =>
    page.evaluate(() => {
      const map = window.jingweiMap;
      if (!map?.getLayer('waiting')) return [];
      return [
        ...new Set(map.queryRenderedFeatures({ layers: ['waiting'] }).map(({ id }) => Number(id))),
      ].sort();
    });
  await expect.poll(drawn).toEqual([...(await ids())].sort());
  await grid().focus();
  await keys('Home', 'ArrowDown', 'ArrowDown');
  const third = (await ids())[2] as number;
  expect(await active()).toBe(third);
  const marked = () =>
    page.evaluate(() => {
      const map = window.jingweiMap;
      return (
        map?.queryRenderedFeatures({ layers: ['waiting-active-mark'] }).map(({ id }) => Number(id)) ?? []
      );
    });
  await expect.poll(marked).toEqual([third]);
  // The other way round: a press on a point makes its row active.
  const fifth = (await ids())[4] as number;
  const at = await page.evaluate((id) => {
    const map = window.jingweiMap;
    const feature = map?.queryRenderedFeatures({ layers: ['waiting'] }).find((one) => one.id === id);
    if (!map || feature?.geometry.type !== 'Point') throw new Error('the point is not on the map');
    const { x, y } = map.project(feature.geometry.coordinates as [number, number]);
    return { x, y };
  }, fifth);
  await page.locator('.list-map canvas').click({ position: at });
  await expect.poll(active).toBe(fifth);
  await expectUsable(desk);
  await desk.screenshot('table-map');
});

test('rows are chosen by the keys, and one is opened', async () => {
  const { page } = desk;
  const all = await ids();
  await grid().focus();
  await keys('Home', 'ArrowDown', 'Space', 'Shift+ArrowDown', 'Shift+ArrowDown');
  expect(await chosen()).toEqual(all.slice(1, 4));
  expect(await page.locator('.bulk-head').textContent()).toContain(t.chosen.replace('{{n}}', '3'));
  await keys('Control+a');
  expect((await chosen()).length).toBe(7);
  await keys('Escape');
  expect(await chosen()).toEqual([]);
  await keys('Enter');
  await page.waitForURL(new RegExp(`organizations/${all[3]}\\?`));
  await page.locator('.registry-head h2').waitFor();
  expect(page.url()).toContain(`within=${top}`);
  await expectUsable(desk);
  await desk.screenshot('table-panel');
  await grid().focus();
  await keys('Escape');
  await page.locator('.browse-panel').waitFor({ state: 'detached' });
  // A press leaves the keys with the grid.
  await rows().nth(5).locator('.row-check').click();
  expect(await grid().evaluate((element) => element === document.activeElement)).toBe(true);
  await rows()
    .nth(6)
    .locator('.cell-kind')
    .click({ modifiers: ['Shift'] });
  expect(await chosen()).toEqual(all.slice(5, 7));
  await keys('Escape');
  expect(await chosen()).toEqual([]);
});

/** Opens the dialog of the status for the chosen rows, and asks what another status would do. */
async function propose(status: string, changes: number): Promise<void> {
  await desk.page.locator('.bulk-bar').getByRole('button', { name: t.bulk.status, exact: true }).click();
  await desk.field(t.change.to.status).selectOption(status);
  await desk.page.locator(`.change-prospect [data-changes="${changes}"]`).waitFor();
}
const send = () => desk.page.locator('.change .ant-modal-footer .ant-btn-primary').click();

/** Somebody else writes to an organization, from a day on. */
async function rewrite(id: number, from?: string): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const answer = await fetch(`${address}/api/organizations/${id}?edition=internal`, { headers });
  const { name, kind, level, parent, division, location, status, version } = (await answer.json()) as Record<
    string,
    unknown
  >;
  const body = {
    name,
    kind,
    level,
    parent,
    division,
    location,
    status,
    short_name: '他改',
    valid_from: from,
  };
  const put = await fetch(`${address}/api/organizations/${id}`, {
    method: 'PUT',
    headers: { ...headers, 'If-Match': `"${version}"` },
    body: JSON.stringify(body),
  });
  expect(put.status).toBe(200);
}

test('three are changed together and all taken back', async () => {
  const { page } = desk;
  const three = (await ids()).slice(1, 4);
  const before = await Promise.all(three.map((id) => statusOf(id).textContent()));
  await grid().focus();
  await keys('Home', 'ArrowDown', 'Space', 'Shift+ArrowDown', 'Shift+ArrowDown');
  // One of them is a draft already, and for one of the others something is planned.
  await rewrite(three[0] as number, '2099-01-01');
  await propose('draft', 2);
  const planned = t.change.planned.replace('{{n}}', '1').replace('{{day}}', '2099-01-01');
  await page.getByText(planned, { exact: true }).waitFor();
  await expectUsable(desk);
  await desk.screenshot('table-change');
  await send();
  await page.locator('.undo').waitFor();
  await page.locator('.change').waitFor({ state: 'detached' });
  const now = () => Promise.all(three.map((id) => statusOf(id).textContent()));
  const draft = await statusOf(three[before.findIndex((one) => one !== before[0])] as number).textContent();
  await expect.poll(now).toEqual(three.map(() => draft));
  shown.changed = three;
  await desk.screenshot('table-changed');
  await page.locator('.undo button').click();
  await expect.poll(now).toEqual(before);
});

test('who is overtaken is told, and checks again', async () => {
  const { page } = desk;
  await page.locator('.undo').waitFor({ state: 'detached' });
  await propose('submitted', 3);
  await rewrite(shown.changed[0] as number);
  desk.allow('412 POST /api/organizations/bulk');
  await send();
  const notice = page.locator('.change [role=alert]');
  await notice.waitFor();
  await expectUsable(desk);
  await desk.screenshot('table-stale');
  await notice.getByRole('button', { name: t.change.recheck }).click();
  await page.locator('.change-prospect [data-changes="3"]').waitFor();
  await send();
  await page.locator('.undo button').click();
  await page.locator('.undo').waitFor({ state: 'detached' });
});

test('the chosen rows are a file', async () => {
  const { page } = desk;
  const loading = page.waitForEvent('download');
  await desk.button(t.bulk.file).click();
  const text = readFileSync(await (await loading).path(), 'utf8');
  const [header, ...lines] = text.trimEnd().split('\r\n');
  const { name, code, kind, level, status, division, location_state, accuracyInFile } = t.column;
  expect(header).toBe(
    `\uFEFF${[name, code, kind, level, status, division, location_state, accuracyInFile].join(',')}`,
  );
  const names = await page.locator('.grid-row.chosen .cell-name').allTextContents();
  expect(lines.map((line) => line.split(',')[0])).toEqual(names);
});

test('at a phone tree, table and map are shown one at a time', async () => {
  const small = sizes.find(({ name }) => name === 'phone');
  if (!small) throw new Error('there is no phone');
  phone = await Desk.open(browser, small, language);
  const { page } = phone;
  await phone.go(`/console#/organizations?within=${top}`);
  await phone.signIn('provincial.office', password);
  await page.locator('.tree-row').first().waitFor();
  await phone.button(t.show.table).click();
  await page.locator('.grid-row').first().waitFor();
  expect(await page.locator('.grid-row').count()).toBe(7);
  await page.locator('.grid-row .row-check').nth(1).click();
  await page.locator('.bulk-bar').waitFor();
  await expectUsable(phone);
  await phone.screenshot('table');
  await page.locator('.grid-row .cell-name').nth(1).click();
  await page.locator('.registry-head h2').waitFor();
  await page.locator('.registry-back').click();
  expect(await page.locator('.grid-row.chosen').count()).toBe(1);
  await phone.button(t.show.map).click();
  await page.locator('.list-map canvas').waitFor();
  await expectUsable(phone);
  await phone.screenshot('table-map');
});
