import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { en } from '../src/i18n/en';
import { toolsEn } from '../src/i18n/toolsEn';
import { toolsZh } from '../src/i18n/toolsZh';
import { zh } from '../src/i18n/zh';
import { classStarts } from '../src/map/classes';
import { tileAt } from '../src/map/tiles';
import { nameContains } from '../src/state/conditions';
import { formatDrawing } from '../src/tools/drawing';
import { address, browserOfFile, mostly, Viewer } from './browser';
import { Expected, type Organization } from './expected';

const expected = Expected.given();
const browser = browserOfFile();

/** Where all organizations and reports of the sample are in view. */
const everything = '#map=5.4/29.2/120.5';

/** A desk in Chinese and a phone in English. */
const desks = mostly('phone').map((size) => ({
  ...size,
  lang: size.width < 720 ? ('en' as const) : ('zh' as const),
}));

const kind = 'residents_committee';
/** In the names of some, but not of all kinds alike. */
const word = '柳';
const named = ({ name }: Organization) => name.includes(word);
const ofKind = (item: Organization) => item.kind === kind;

describe.each(desks)('conditions at $width x $height in $lang', (desk) => {
  const { lang } = desk;
  const texts = { zh, en }[lang];
  const rare = { zh: toolsZh, en: toolsEn }[lang].said;
  let viewer: Viewer;
  beforeAll(async () => {
    viewer = await Viewer.open(browser(), desk, `/?lang=${lang}${everything}`);
  });
  beforeEach(async () => {
    viewer.faults.length = 0;
  });
  afterEach(() => expect(viewer.faults).toEqual([]));
  afterAll(async () => {
    await viewer?.close();
  });

  const visit = async (query: string, hash = everything) => {
    await viewer.visit(`/?lang=${lang}${query}${hash}`);
    await viewer.raise('high');
  };
  const page = () => viewer.page;
  const chip = (key: string) => page().locator(`[data-condition^="${key}"]`);
  /** Opens the form, chooses a field, fills it in, and adds it. */
  const add = async (field: string, fill: () => Promise<unknown>) => {
    await page().locator('.condition-add').click();
    const form = page().locator('.condition-form');
    await form.locator('select').first().selectOption(field);
    await fill();
    await form.locator('button[type="submit"]').click();
    await form.waitFor({ state: 'detached' });
  };
  const choose = (value: string) => () => page().locator(`[data-choice="${value}"] input`).click();
  /** Waits until the list holds as many as SQL finds in its box. */
  const expectInView = async (meets: (item: Organization) => boolean) => {
    await expect
      .poll(async () => {
        const { count, box } = await viewer.inView();
        return count - expected.inBox(box).filter(meets).length;
      })
      .toBe(0);
    return (await viewer.inView()).count;
  };
  /** Waits until the tiles of a source hold what SQL finds in each of them. */
  const expectTiles = async (source: string, meets: (item: Organization) => boolean) => {
    await expect
      .poll(async () => {
        const { zoom, tiles } = await viewer.sums(source, 'organizations');
        const want = new Map<string, number>();
        for (const { lng, lat } of expected.organizations.filter(meets)) {
          const { x, y } = tileAt(lng, lat, zoom);
          want.set(`${zoom}/${x}/${y}`, (want.get(`${zoom}/${x}/${y}`) ?? 0) + 1);
        }
        return tiles.filter(([key, sum]) => sum !== (want.get(key) ?? 0));
      })
      .toEqual([]);
    const { tiles } = await viewer.sums(source, 'organizations');
    return tiles.reduce((all, [, sum]) => all + sum, 0);
  };
  const both = (item: Organization) => ofKind(item) && named(item);

  test('that are added hold back the list, the map and every count, as SQL does', async () => {
    await visit('');
    await add('kinds', choose(kind));
    await expect.poll(() => chip('kinds').count()).toBe(1);
    await expectInView(ofKind);
    await add('name', () => page().locator('.condition-form input[type="text"]').fill(word));
    await expect.poll(() => chip('filter').textContent()).toContain(word);
    const members = expected.organizations.filter(both);
    expect(members.length).toBeGreaterThan(3);
    expect(members.length).toBeLessThan(expected.organizations.filter(named).length);
    const inView = await expectInView(both);
    // The sheet of a phone covers a part of the map.
    if (desk.width >= 720) expect(inView).toBe(members.length);
    expect(await expectTiles('organizations', both)).toBe(members.length);
    const first = page().locator('.crumb').first();
    await expect.poll(async () => Number(await first.getAttribute('data-count'))).toBe(members.length);
    const province = page().locator('.divisions [data-code="330000000000"]');
    await expect.poll(async () => Number(await province.getAttribute('data-count'))).toBe(members.length);
    // The number beside a kind that is off says what its switch would bring.
    const { box } = await viewer.inView();
    for (const other of ['village_committee', kind]) {
      const shown = page().locator(`[data-kind="${other}"] [data-count]`);
      const count = expected.inBox(box).filter((item) => item.kind === other && named(item)).length;
      await expect.poll(async () => Number(await shown.getAttribute('data-count'))).toBe(count);
    }
    expect(await viewer.violations()).toEqual([]);
    await viewer.screenshot(`conditions-${lang}`);
    // Hexagons and divisions by number have the same conditions.
    await page().locator('[data-drawn-as="hexagons"] input').click();
    const legend = page().locator('.classes[data-sum][aria-busy="false"]');
    await expect
      .poll(async () => Number(await legend.getAttribute('data-sum', { timeout: 500 }).catch(() => -1)))
      .toBe(members.length);
    await page().locator('[data-drawn-as="choropleth"] input').click();
    await page().locator('.classes[data-level="2"][data-complete="true"]').waitFor({ state: 'attached' });
    const counts = expected.divisions
      .filter(({ level }) => level === 2)
      .map(({ code }) => expected.inDivision(code).filter(both).length);
    const starts = () =>
      page()
        .locator('.classes li[data-from]')
        .evaluateAll((items) => items.map((item) => Number((item as HTMLElement).dataset.from)));
    await expect.poll(starts).toEqual(classStarts(counts));
    // Each was a step that Back undoes.
    for (const back of ['hexagons', 'points']) {
      await page().goBack();
      await expect.poll(() => page().locator(`[data-drawn-as="${back}"] input`).isChecked()).toBe(true);
    }
    await page().goBack();
    await expectInView(ofKind);
    await page().goBack();
    await expectInView(() => true);
  });

  test('hold for a drawn area and for what is nearest', async () => {
    const [west, south, east, north] = [119.5, 29, 121, 30.5];
    const points = [
      [west, south],
      [east, south],
      [east, north],
      [west, north],
    ] as const;
    const area = formatDrawing({ what: 'polygon', points });
    const filter = encodeURIComponent(nameContains(word));
    await visit(`&filter=${filter}&area=${area}`, '#map=8/29.7/120.2');
    const total = page().locator('.area-card [data-total][data-fresh="true"]');
    const inside = expected.inBox([west, south, east, north]).filter(named).length;
    expect(inside).toBeGreaterThan(0);
    await expect.poll(async () => Number(await total.getAttribute('data-total'))).toBe(inside);
    await expect
      .poll(() => page().locator('.area-card .note').allTextContents())
      .toContainEqual(expect.stringContaining(word));
    await visit(`&filter=${filter}&kinds=${kind}&at=120.2,29.7`, '#map=8/29.7/120.2');
    const rows = page().locator('[data-near]');
    const ids = () =>
      rows.evaluateAll((items) => items.map((item) => Number((item as HTMLElement).dataset.near)));
    const members = new Set(expected.organizations.filter(both).map(({ id }) => id));
    await expect.poll(async () => (await ids()).length).toBe(Math.min(10, members.size));
    expect((await ids()).filter((id) => !members.has(id))).toEqual([]);
  });

  test('are chips in words: Delete and Enter remove them, and undo brings back the number', async () => {
    const found = (code: string) => expected.inDivision(code).filter(both).length;
    const codes = expected.children('330000000000').map((item) => item.code);
    const code = codes.reduce((best, other) => (found(other) > found(best) ? other : best));
    const inside = new Set(expected.inDivision(code));
    await visit(
      `&kinds=${kind}&level=village&division=${code}&filter=${encodeURIComponent(nameContains(word))}`,
      '#map=6/29.2/120.5',
    );
    const all = page().locator('.condition-chip');
    await expect.poll(() => all.count()).toBe(4);
    const name = expected.divisions.find((item) => item.code === code)?.name ?? '';
    if (lang === 'zh') await expect.poll(() => chip('division').textContent()).toContain(name);
    await expect.poll(() => chip('kinds').textContent()).toContain(texts.kind[kind]);
    const before = await expectInView((item) => both(item) && inside.has(item));
    expect(before).toBeGreaterThan(0);
    // Each is at least 44 pixels high for a finger, and in one row.
    if (desk.width < 720) {
      const tops = await all.evaluateAll((items) => items.map((item) => item.getBoundingClientRect()));
      expect(tops.filter(({ height }) => height < 44)).toEqual([]);
      expect(new Set(tops.map(({ top }) => Math.round(top))).size).toBe(1);
    }
    await chip('filter').focus();
    await page().keyboard.press('Delete');
    await chip('filter').waitFor({ state: 'detached' });
    await expectInView((item) => ofKind(item) && inside.has(item));
    await page().locator('.conditions-undo .button').click();
    expect(await expectInView((item) => both(item) && inside.has(item))).toBe(before);
    // Without its division the camera stays where it is.
    const camera = () => page().evaluate(() => window.jingweiMap?.getCenter().toArray());
    const centre = await camera();
    await chip('division').focus();
    await page().keyboard.press('Enter');
    await expectInView(both);
    expect(await camera()).toEqual(centre);
    await page().locator('.conditions-undo .button').click();
    expect(await expectInView((item) => both(item) && inside.has(item))).toBe(before);
    await page().locator('.condition-clear').click();
    await expect.poll(() => all.count()).toBe(0);
    await expectInView(() => true);
    await viewer.screenshot(`conditions-cleared-${lang}`);
    expect(new URL(page().url()).search).toBe(`?lang=${lang}`);
    await page().locator('.conditions-undo .button').click();
    expect(await expectInView((item) => both(item) && inside.has(item))).toBe(before);
    await page().goBack();
    await expectInView(() => true);
  });

  test('a condition of the reader’s own is the server’s to judge, and a chip as well', async () => {
    const filter = JSON.stringify({
      op: 'and',
      args: [JSON.parse(nameContains(word)), { op: '=', args: [{ property: 'kind' }, kind] }],
    });
    await visit(`&filter=${encodeURIComponent(filter)}&datetime=2026-01-01`);
    await expect.poll(() => chip('datetime').textContent()).toContain('2026-01-01');
    await chip('datetime').click();
    await expectInView(both);
    expect(new URL(page().url()).searchParams.get('datetime')).toBeNull();
    await expect.poll(() => chip('filter').count()).toBe(2);
    const own = page().locator('.condition-chip', { hasText: texts.conditions.own });
    expect(await own.getAttribute('title')).toContain('"kind"');
    await own.click();
    await expectInView(named);
  });

  test('what the server does not know is said once in the language of the page, and taken away', async () => {
    const own = { op: '=', args: [{ property: 'nothing' }, 'x'] };
    const filter = JSON.stringify({ op: 'and', args: [JSON.parse(nameContains(word)), own] });
    for (const [query, key, what] of [
      ['&kinds=dragon', 'kinds', 'dragon'],
      [`&filter=${encodeURIComponent(filter)}`, 'filter', texts.conditions.own],
    ] as const) {
      await viewer.visit(`/?lang=${lang}${query}${everything}`);
      const said = rare.refused.replace('{{what}}', '');
      const banner = page().locator('.banner [role="status"]');
      await expect.poll(() => banner.textContent()).toContain(what);
      for (const part of said.split('“”')) expect(await banner.textContent()).toContain(part);
      await viewer.raise('high');
      await page().locator('[data-tab="divisions"]').click();
      const problem = page().locator(`.tab-panel [data-refused="${key}"]`);
      await problem.waitFor();
      // No number of all organizations stands where the condition would have another one.
      expect(await page().locator('.tab-panel [data-count]').count()).toBe(0);
      expect(await page().locator('.crumb[data-count]').count()).toBe(0);
      await page().locator('[data-tab="list"]').click();
      await problem.locator('[data-act="lift"]').click();
      await expectInView(key === 'filter' ? named : () => true);
      expect(await banner.textContent()).toBe('');
    }
    // The browser itself complains of what the server refused.
    viewer.faults.length = 0;
  });

  test('a day without data says so and leads back, and one to come is known today', async () => {
    await visit('&division=330100000000&datetime=1950-01-01');
    await page().locator('[data-tab="list"]').click();
    const empty = page().locator('.tab-panel .empty');
    await expect.poll(() => empty.textContent()).toContain('1950-01-01');
    await page().locator('[data-tab="divisions"]').click();
    expect(await empty.textContent()).toContain(rare.nothing.replace('{{day}}', '1950-01-01'));
    const banner = page().locator('.banner [role="status"]');
    expect(await banner.textContent()).toContain('330100000000');
    await empty.locator('[data-act="today"]').click();
    await expectInView(() => true);
    expect(await banner.textContent()).toBe('');
    await visit('&datetime=2999-01-01', '#map=6/29.5/120');
    await expect.poll(() => page().locator('.as-of').textContent()).toContain('2999-01-01');
    const said = rare.future.replace('{{day}}', '2999-01-01');
    await expect.poll(() => banner.textContent()).toBe(said);
    await page().locator('.banner .icon-button').click();
    await page().locator('.banner').waitFor({ state: 'hidden' });
    await expectInView(() => true);
  });

  test('on reports hold back their list and their heat, as SQL does', async () => {
    const [from, to] = ['2025-03-10', '2025-08-31'];
    await visit('&on=reports');
    const shown = page().locator('[data-reports-in-view][data-fresh="true"]');
    const expectReports = async (meets: (item: (typeof expected.reports)[number]) => boolean) => {
      const count = expected.reports.filter(meets).length;
      expect(count).toBeGreaterThan(0);
      await expect.poll(async () => Number(await shown.getAttribute('data-reports-in-view'))).toBe(count);
      return count;
    };
    await expectReports(() => true);
    await add('categories', async () => {
      await choose('roads')();
      await choose('noise')();
    });
    await expectReports(({ category }) => category === 'roads' || category === 'noise');
    await add('status', choose('closed'));
    await expectReports((r) => ['roads', 'noise'].includes(r.category) && r.status === 'closed');
    await add('received', async () => {
      const [first, last] = [
        page().locator('.condition-day input').first(),
        page().locator('.condition-day input').last(),
      ];
      await first.fill(to);
      await last.fill(from);
      await page().locator('.condition-fault').waitFor();
      expect(await page().locator('.condition-form button[type="submit"]').isDisabled()).toBe(true);
      await first.fill(from);
      await last.fill(to);
    });
    const within = (r: (typeof expected.reports)[number]) =>
      ['roads', 'noise'].includes(r.category) &&
      r.status === 'closed' &&
      r.received >= from &&
      r.received <= to;
    const count = await expectReports(within);
    expect(count).toBeLessThan(expected.reports.filter((r) => r.category === 'roads').length);
    await page().locator('[data-drawn-as="heat"] input').last().click();
    const heat = async () => {
      const { tiles } = await viewer.sums('reports-heat', 'reports');
      return tiles.reduce((all, [, sum]) => all + sum, 0);
    };
    await expect.poll(heat).toBe(count);
    expect(page().url()).toContain('on=reports,report-heat');
    await chip('status').click();
    const wider = await expectReports(
      (r) => ['roads', 'noise'].includes(r.category) && r.received >= from && r.received <= to,
    );
    await expect.poll(heat).toBe(wider);
  });

  test('a heat map holds every point of every tile, and near ones stand alone', async () => {
    await visit('');
    await page().locator('[data-drawn-as="heat"] input').first().click();
    await page().locator('.heat-legend').waitFor();
    await viewer.rest();
    expect(await expectTiles('organizations-heat', () => true)).toBe(expected.organizations.length);
    expect(await viewer.drawn()).toEqual([]);
    expect(await viewer.violations()).toEqual([]);
    await viewer.screenshot(`heat-${lang}`);
    await add('name', () => page().locator('.condition-form input[type="text"]').fill(word));
    expect(await expectTiles('organizations-heat', named)).toBe(expected.organizations.filter(named).length);
    await visit('&on=heat', '#map=9.5/29.9/120.1');
    await viewer.raise('low');
    await expectTiles('organizations-heat', () => true);
    expect(await viewer.drawn()).toEqual([]);
    const one = expected.organizations[1000];
    if (!one) throw new Error('SQL told of too few organizations');
    await viewer.visit(`/?lang=${lang}&on=heat#map=16/${one.lat}/${one.lng}`);
    await expect.poll(async () => (await viewer.drawn()).map(({ id }) => id)).toContain(one.id);
  });

  test.runIf(process.env.JINGWEI_TOKEN)('a heat map follows what is registered and what goes', async () => {
    const model = expected.organizations[2000];
    if (!model) throw new Error('SQL told of too few organizations');
    await viewer.visit(`/?lang=${lang}&on=heat#map=12/${model.lat}/${model.lng}`);
    const sum = async () => {
      const { tiles } = await viewer.sums('organizations-heat');
      return tiles.reduce((all, [, count]) => all + count, 0);
    };
    const before = await expectTiles('organizations-heat', () => true);
    expect(before).toBeGreaterThan(0);
    const headers = {
      Authorization: `Bearer ${process.env.JINGWEI_TOKEN}`,
      'Content-Type': 'application/json',
    };
    const { division, lng, lat } = model;
    const body = JSON.stringify({ kind, division, level: 'village', name: '热力测试', location: [lng, lat] });
    const made = await fetch(`${address}/api/organizations`, { method: 'POST', headers, body });
    expect(made.status).toBe(201);
    const { id } = (await made.json()) as { id: number };
    await expect.poll(sum).toBe(before + 1);
    const gone = await fetch(`${address}/api/organizations/${id}`, {
      method: 'DELETE',
      headers: { ...headers, 'If-Match': made.headers.get('ETag') ?? '' },
    });
    expect(gone.status).toBe(204);
    await expect.poll(sum).toBe(before);
  });
});
