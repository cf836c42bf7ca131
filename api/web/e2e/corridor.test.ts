import { appendFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parseDrawing } from '../src/tools/drawing';
import { browserOfFile, sizes, Viewer } from './browser';

const browser = browserOfFile();

/** Rows of CSV without quotes in them. */
const rowsOf = (text: string) =>
  text
    .replace('\uFEFF', '')
    .trim()
    .split('\r\n')
    .map((row) => row.split(','));

describe.each(sizes)('along a road at $width x $height', (size) => {
  const desk = size.width >= 720;
  const lang = desk ? 'en' : 'zh';
  /** Another address each time, so that the page is loaded anew. */
  const start = (n: number) => `/?lang=${lang}&n=${n}#map=11/29.27/120.2`;
  let viewer: Viewer;
  let page: Page;
  beforeAll(async () => {
    viewer = await Viewer.open(browser(), size, start(0));
    page = viewer.page;
  });
  afterEach(() => expect(viewer.faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await viewer?.close();
  });

  const choose = async () => {
    await viewer.raise('low');
    if ((await page.locator('.tools-bar').count()) === 0) await page.locator('.tools-button').click();
    await page.locator('[data-tool="corridor"]').click();
    await page.locator('[data-drawing="corridor"]').waitFor();
  };
  const total = async () => {
    const heading = page.locator('.area-card [data-total][data-fresh="true"]');
    await heading.waitFor({ state: 'attached' });
    return Number(await heading.getAttribute('data-total'));
  };
  const totalOf = (kind: string) =>
    page.locator(`[data-kind-in-area="${kind}"]`).getAttribute('data-count').then(Number);
  /** The divisions of the card with their numbers, all of them. */
  const divisions = async () => {
    const all = page.locator('[data-act="all"][aria-expanded="false"]');
    if ((await all.count()) > 0) await all.click();
    const rows = await page
      .locator('[data-division-in-area]')
      .evaluateAll((items) =>
        items
          .map((item) => (item as HTMLElement).dataset)
          .map((row) => [row.divisionInArea, Number(row.count)]),
      );
    return Object.fromEntries(rows) as Record<string, number>;
  };
  const drawn = () => {
    const drawing = parseDrawing(new URL(page.url()).searchParams.get('area') ?? '');
    if (drawing?.what !== 'corridor') throw new Error(`no corridor in ${page.url()}`);
    return drawing;
  };
  const road = desk
    ? ([
        [520, 620],
        [610, 560],
        [700, 470],
        [790, 440],
        [860, 330],
      ] as const)
    : ([
        [60, 600],
        [130, 560],
        [190, 500],
        [250, 470],
        [320, 400],
      ] as const);

  /** Ends on the last place: by a double click, or a tap and the button. */
  const end = async () => {
    const [x, y] = road[4];
    if (desk) return page.mouse.dblclick(x, y);
    await viewer.hit(x, y);
    await page.locator('[data-act="done"]').click();
  };

  /** Prints what is on the page, and returns what the sheet said. */
  const print = async () => {
    await page.evaluate(() => Object.assign(window, { print: () => undefined }));
    await viewer.raise('low');
    await page.locator('.print-button').click();
    await page.locator('.sheet-page').waitFor();
    const part = (name: string) => page.locator(`.sheet-page [data-part="${name}"]`).allTextContents();
    const said = {
      legend: await part('legend'),
      counts: await part('count'),
      link: (await part('link')).join(''),
    };
    await viewer.screenshot('corridor-print');
    await page.locator('[data-act="pdf"]').click();
    await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
    await page.keyboard.press('Escape');
    await page.locator('.print-window').waitFor({ state: 'detached' });
    await viewer.raise('high');
    return said;
  };

  test('how many village committees within 3 km, and in which townships, is answered, printed and linked within a minute', async () => {
    await viewer.go(start(1));
    const began = Date.now();
    await choose();
    for (const [x, y] of road.slice(0, -1)) await viewer.hit(x, y);
    await page.locator('.so-far[data-live]').waitFor();
    await end();
    await page.locator('.area-card').waitFor();
    await total();
    const committees = await totalOf('village_committee');
    await viewer.raise('high');
    await page.locator('[data-kind-in-area="village_committee"]').click();
    await expect.poll(total).toBe(committees);
    await page.locator('[data-act="level"]').selectOption('township');
    await page.locator('[data-level="4"]').waitFor();
    await expect.poll(total).toBe(committees);
    const townships = await divisions();
    const printed = await print();
    const seconds = (Date.now() - began) / 1000;
    expect(seconds).toBeLessThan(60);

    expect(committees).toBeGreaterThan(20);
    expect(Object.keys(townships).length).toBeGreaterThan(2);
    expect(Object.values(townships).reduce((sum, n) => sum + n, 0)).toBe(committees);
    const { points, distance } = drawn();
    expect(points).toHaveLength(road.length);
    expect(distance).toBe(3000);
    const names = page.locator('[data-division-in-area] .row-label');
    await expect
      .poll(async () => (await names.allTextContents()).filter((name) => /\d/.test(name)))
      .toEqual([]);
    if (lang === 'en') expect(await names.first().textContent()).toMatch(/^[A-Z][a-z']+/);
    else expect(await names.first().textContent()).toMatch(/镇|乡|街道/);
    const exact = (n: number) => n.toLocaleString('en-US');
    expect(printed.counts).toContain(exact(committees));
    const first = Object.values(townships).slice(0, 12).map(exact);
    expect(printed.counts.join()).toContain(first.join());
    const named = (await names.allTextContents()).slice(0, first.length);
    for (const name of named) expect(printed.legend.some((row) => name.startsWith(row))).toBe(true);
    expect(printed.link).toContain(page.url());
    await viewer.screenshot('corridor');
    expect(await viewer.violations()).toEqual([]);
    const answers = process.env.JINGWEI_ANSWERS;
    const road3 = { type: 'LineString', coordinates: points };
    if (answers) {
      appendFileSync(
        answers,
        `${JSON.stringify({ kind: 'village_committee', road: road3, distance, townships })}\n`,
      );
    }
  });

  test('the distance can be pressed and typed; Back, a link and undo bring it back', async () => {
    const before = await total();
    await viewer.raise('middle');
    await page.locator('[data-preset="5000"]').click();
    await expect.poll(total).toBeGreaterThan(before);
    expect(drawn().distance).toBe(5000);
    await page.goBack();
    await expect.poll(total).toBe(before);
    const field = page.locator('.distance-typed input');
    await field.fill('0.001');
    await page.locator('.fault-text').waitFor();
    expect(drawn().distance).toBe(3000);
    await field.fill('0.7');
    await expect.poll(total).toBeLessThan(before);
    expect(drawn().distance).toBe(700);
    await page.locator('.distance-typed select').selectOption('m');
    expect(drawn().distance).toBe(700);
    await field.fill('3000');
    await expect.poll(total).toBe(before);
    const { pathname, search, hash } = new URL(page.url());
    expect(search).toMatch(/kinds=village_committee&area=corridor:3000,.*&by=township/);
    await viewer.go(pathname + search + hash);
    expect(await total()).toBe(before);
    await viewer.raise('middle');
    await page.locator('[data-act="remove"]').click();
    await page.locator('.area-card').waitFor({ state: 'detached' });
    await page.locator('.tools-undo .button').click();
    expect(await total()).toBe(before);
  });

  test('the list of townships is saved as a table, and a press chooses one', async () => {
    await viewer.raise('high');
    const townships = await divisions();
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.locator('.area-card [data-act="csv"]').click(),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await saved.createReadStream()) chunks.push(chunk as Buffer);
    const [head = [], ...rows] = rowsOf(Buffer.concat(chunks).toString());
    expect(head).toHaveLength(6);
    expect(Object.fromEntries(rows.map(([code = '', , , , n]) => [code, Number(n)]))).toEqual(townships);
    for (const [, name = '', pinyin = '', above = ''] of rows) {
      expect(name).toMatch(/[\u4e00-\u9fff]/);
      expect(pinyin).toMatch(/^[A-Z]/);
      expect(above).toMatch(/[\u4e00-\u9fff]/);
    }
    const first = page.locator('[data-division-in-area]').first();
    const code = await first.getAttribute('data-division-in-area');
    await first.click();
    expect(new URL(page.url()).searchParams.get('division')).toBe(code);
    await expect.poll(total).toBe(townships[code ?? '']);
    await viewer.raise('high');
    await page.locator('[data-act="all-divisions"]').click();
    await expect.poll(divisions).toEqual(townships);
    await viewer.raise('high');
    await page.locator('[data-act="all-kinds"]').click();
    await expect.poll(total).toBeGreaterThan(Object.values(townships).reduce((sum, n) => sum + n, 0));
    await page.locator('[data-act="remove"]').click();
  });

  test.runIf(desk)('keys draw a line, and take a point back', async () => {
    await viewer.go(start(2));
    await choose();
    for (const key of [' ', 'ArrowRight', ' ', 'ArrowUp', ' ', 'Backspace', 'ArrowDown']) {
      await page.keyboard.press(key);
      await viewer.rest();
    }
    await page.keyboard.press('Enter');
    expect(await total()).toBeGreaterThan(0);
    expect(drawn().points).toHaveLength(2);
    await page.keyboard.press('Delete');
    await page.locator('.area-card').waitFor({ state: 'detached' });
  });

  test.runIf(desk)('lines of a file have corridors: one as if it were drawn, more in a table', async () => {
    await viewer.go(start(3));
    await page.locator('.tools-button').click();
    const file = page.locator('.tools input[type="file"]');
    const line = (shift: number) => ({
      type: 'Feature',
      properties: { name: `road ${shift}` },
      geometry: {
        type: 'LineString',
        coordinates: [
          [120.1, 29.2, 8],
          [120.2, 29.25, 9],
          [120.3, 29.3, 10],
        ].map(([x = 0, ...at]) => [x + shift, ...at]),
      },
    });
    const upload = async (features: unknown[]) => {
      const text = JSON.stringify({ type: 'FeatureCollection', features });
      await file.setInputFiles({
        name: 'roads.geojson',
        mimeType: 'application/geo+json',
        buffer: Buffer.from(text),
      });
    };
    await upload([line(0)]);
    const alone = await total();
    expect(drawn()).toMatchObject({
      distance: 3000,
      points: [
        [120.1, 29.2],
        [120.2, 29.25],
        [120.3, 29.3],
      ],
    });
    await upload([line(0), line(0.5)]);
    const rows = page.locator('[data-own-count]');
    await expect.poll(() => rows.count()).toBe(2);
    const counts = () =>
      rows.evaluateAll((items) => items.map((item) => Number((item as HTMLElement).dataset.ownCount)));
    expect((await counts())[0]).toBe(alone);
    await page.locator('.area-card [data-preset="5000"]').click();
    await expect.poll(async () => (await counts())[0]).toBeGreaterThan(alone);
    await viewer.screenshot('corridor-own');
  });
});
