import type { Page, Request } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toolsZh } from '../src/i18n/toolsZh';
import { zh } from '../src/i18n/zh';
import { within } from '../src/state/division';
import { formatDrawing } from '../src/tools/drawing';
import { browserOfFile, mostly, Viewer } from './browser';
import { Expected, type Organization } from './expected';

const expected = Expected.given();
const browser = browserOfFile();

type Ring = [number, number][];

describe.each(mostly('desktop'))('tools at $width x $height', (size) => {
  let viewer: Viewer;
  let hand: Hand;
  /** Rings that the page asked about, and how many answers came. */
  let asked: Ring[] = [];
  let answers = 0;
  const desk = size.width >= 720;
  const start = '/#map=8/29.6/120.2';
  beforeAll(async () => {
    viewer = await Viewer.open(browser(), size, start);
    hand = desk ? mouseOf(viewer.page) : await fingerOf(viewer.page);
    viewer.page.on('request', (request) => {
      const ring = ringOf(request);
      if (ring) asked.push(ring);
    });
    viewer.page.on('response', (response) => {
      if (ringOf(response.request())) answers++;
    });
  });
  beforeEach(async () => {
    viewer.faults.length = 0;
    [asked, answers] = [[], 0];
    await viewer.raise('low');
  });
  afterEach(() => expect(viewer.faults).toEqual([]));
  afterAll(async () => {
    await viewer?.close();
  });

  const openBar = async () => {
    if ((await viewer.page.locator('.tools-bar').count()) === 0)
      await viewer.page.locator('.tools-button').click();
  };
  const choose = async (tool: string) => {
    await openBar();
    await viewer.page.locator(`[data-tool="${tool}"]`).click();
    await viewer.page.locator(`[data-drawing="${tool}"]`).waitFor();
  };
  const total = async () => {
    const heading = viewer.page.locator('.area-card [data-total][data-fresh="true"]');
    await heading.waitFor({ state: 'attached' });
    return Number(await heading.getAttribute('data-total'));
  };
  /** Drags along points of the screen, with a mouse or a finger, in about as many milliseconds; lift ends it. */
  const drag = async (points: readonly (readonly [number, number])[], milliseconds: number) => {
    for (const [i, [x, y]] of points.entries()) {
      await (i === 0 ? hand.down(x, y) : hand.move(x, y));
      await viewer.page.waitForTimeout(milliseconds / points.length);
    }
  };
  /** The middle of free ground, and how far it reaches to each side. */
  const free = desk ? { x: 700, y: 480, reach: 180 } : { x: 180, y: 480, reach: 110 };
  const circle = (n: number, wobble: number) =>
    Array.from({ length: n + 1 }, (_, i) => {
      const r = free.reach * (1 - wobble * Math.abs(Math.sin((5 * i * Math.PI) / n)));
      return [
        free.x + r * Math.cos((2 * Math.PI * i) / n),
        free.y + r * Math.sin((2 * Math.PI * i) / n),
      ] as const;
    });

  test('a box has the number of SQL, by kind too; a link brings it back, and removal can be undone', async () => {
    await choose('box');
    await drag(
      [
        [free.x - free.reach, free.y - free.reach],
        [free.x, free.y],
        [free.x + free.reach, free.y + free.reach],
      ],
      100,
    );
    await hand.up();
    const count = await total();
    const ring = asked.at(-1) ?? [];
    expect(ring.length).toBe(5);
    const members = expected.inBox([
      ring[0]?.[0] ?? 0,
      ring[0]?.[1] ?? 0,
      ring[2]?.[0] ?? 0,
      ring[2]?.[1] ?? 0,
    ]);
    expect(members.length).toBeGreaterThan(100);
    expect(count).toBe(members.length);
    for (const kind of new Set(members.map((item) => item.kind))) {
      const line = viewer.page.locator(`[data-kind-in-area="${kind}"]`);
      const inKind = members.filter((item) => item.kind === kind).length;
      expect(Number(await line.getAttribute('data-count'))).toBe(inKind);
    }
    await viewer.raise('high');
    await viewer.screenshot('box');
    expect(await viewer.violations()).toEqual([]);
    await viewer.raise('middle');
    const { pathname, search, hash } = new URL(viewer.page.url());
    expect(search).toMatch(/area=polygon:/);
    await viewer.go(pathname + search + hash);
    expect(await total()).toBe(count);
    await viewer.page.keyboard.press('Delete');
    await viewer.page.locator('.area-card').waitFor({ state: 'detached' });
    expect(viewer.page.url()).not.toContain('area=');
    await viewer.page.locator('.tools-undo .button').click();
    expect(await total()).toBe(count);
    await viewer.page.keyboard.press('Escape');
    await viewer.page.locator('.area-card').waitFor({ state: 'detached' });
  });

  test('a lasso counts again and again while it is drawn, and ends on the number of SQL', async () => {
    await viewer.visit(start);
    await choose('lasso');
    await drag(circle(40, 0.25), 600);
    const answered = answers; // how many a second is measured by scripts/lasso.mjs, on a machine that does nothing else
    expect(await viewer.page.locator('.so-far').getAttribute('data-live')).not.toBeNull();
    await viewer.screenshot('lasso-drawing');
    await hand.up();
    const count = await total();
    const ring = asked.at(-1) ?? [];
    expect(ring.length).toBeGreaterThan(20);
    const members = expected.organizations.filter((item) => isIn(ring, item));
    expect(members.length).toBeGreaterThan(100);
    expect(count).toBe(members.length);
    expect(answered).toBeGreaterThan(1);
    await viewer.raise('high');
    const rows = viewer.page.locator('[data-division-in-area]');
    const shown = await rows.evaluateAll((items) =>
      items.map((item) => Number((item as HTMLElement).dataset.count)),
    );
    const rest = count - shown.reduce((sum, one) => sum + one, 0);
    expect(rest).toBeGreaterThanOrEqual(0);
    for (const [i, n] of shown.slice(0, 3).entries()) {
      const code = (await rows.nth(i).getAttribute('data-division-in-area')) ?? '';
      expect(members.filter((item) => within(item.division, code)).length).toBe(n);
    }
  });

  test('a circle by keys, a polygon that is given up, and a line that is measured', async () => {
    await viewer.visit('/?kinds=village_committee&area=circle:120.15,29.9,30000#map=8/29.6/120.2');
    const count = await total();
    const ring = asked.at(-1) ?? [];
    expect(count).toBe(
      expected.organizations.filter((item) => item.kind === 'village_committee' && isIn(ring, item)).length,
    );
    await viewer.raise('low');
    await choose('line');
    const at = (dx: number, dy: number) => [free.x + dx, free.y + dy] as const;
    for (const [x, y] of [at(-80, 0), at(0, 40), at(80, -20)]) await viewer.hit(x, y);
    await viewer.page.locator('[data-act="back"]').click();
    await viewer.page.locator('[data-act="done"]').click();
    const line = viewer.page.locator('.area-card [data-metres]');
    await line.waitFor({ state: 'attached' });
    expect(Number(await line.getAttribute('data-metres'))).toBeGreaterThan(10_000);
    expect(viewer.page.url()).toMatch(/area=line:/);
    await viewer.screenshot('line');
    await viewer.raise('low');
    await choose('polygon');
    await viewer.hit(...at(-60, 0));
    await viewer.page.keyboard.press('Escape');
    await viewer.page.locator('[data-drawing]').waitFor({ state: 'detached' });
    if (!desk) return;
    await choose('circle');
    await viewer.page.keyboard.press(' ');
    await viewer.page.keyboard.press('ArrowRight');
    await viewer.rest();
    await viewer.page.keyboard.press('Enter');
    expect(await total()).toBeGreaterThan(0);
    expect(viewer.page.url()).toMatch(/area=circle:/);
  });

  test('Enter ends a drawing also after a condition went, the way back covers nothing, and Escape closes the bar', async () => {
    await viewer.visit('/?kinds=village_committee&timeline=year#map=8/29.6/120.2');
    await choose('polygon');
    for (const [dx, dy] of [
      [-80, 0],
      [0, 60],
      [80, -40],
    ] as const)
      await viewer.hit(free.x + dx, free.y + dy);
    await viewer.raise('middle');
    await viewer.page.locator('[data-condition="kinds"]').click();
    await viewer.page.keyboard.press('Enter');
    expect(await total()).toBeGreaterThan(0);
    expect(viewer.page.url()).toMatch(/area=polygon:/);
    expect(viewer.page.url()).not.toContain('kinds=');
    await viewer.page.keyboard.press('Delete');
    await viewer.page.locator('.tools-undo .button').waitFor();
    expect(await viewer.touching('.tools-undo', ['.timeline', '.zoom', desk ? '.panel' : '.sheet'])).toEqual(
      [],
    );
    await viewer.page.keyboard.press('Escape');
    await viewer.page.locator('.tools-bar').waitFor({ state: 'detached' });
  });

  test('an area that no link carries is said to be missing in a copied one, and is a file that the tools read', async () => {
    await viewer.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await viewer.visit(start);
    const points = circle(900, 0.2).map(
      ([x, y]) => [120 + (x - free.x) / 400, 29.6 + (y - free.y) / 400] as const,
    );
    const area = formatDrawing({ what: 'polygon', points: points.slice(0, -1) });
    await viewer.page.evaluate((area) => {
      window.history.pushState({ area }, '', window.location.href);
      window.dispatchEvent(new PopStateEvent('popstate'));
    }, area);
    const count = await total();
    expect(count).toBeGreaterThan(100);
    await viewer.raise('high');
    await viewer.page.locator('.area-card .button', { hasText: zh.card.share }).click();
    await viewer.page.getByText(toolsZh.said.sharedCut).waitFor();
    const link = await viewer.page.evaluate(() => navigator.clipboard.readText());
    expect(link).not.toContain('area=');
    const [saved] = await Promise.all([
      viewer.page.waitForEvent('download'),
      viewer.page.locator('[data-act="geojson"]').click(),
    ]);
    await viewer.raise('low');
    await openBar();
    await viewer.page.locator('.tools input[type="file"]').setInputFiles(await saved.path());
    const rows = viewer.page.locator('[data-own-count]');
    await rows.waitFor({ state: 'attached' });
    await expect.poll(async () => Number(await rows.getAttribute('data-own-count'))).toBe(count);
    await viewer.page.keyboard.press('Escape');
  });

  test.runIf(desk)('what is nearest to a place is what SQL has, nearest first', async () => {
    const one = expected.organizations[1000];
    if (!one) throw new Error('SQL told of too few organizations');
    await viewer.visit(`/?at=${one.lng},${one.lat}#map=12/${one.lat}/${one.lng}`);
    const rows = viewer.page.locator('[data-near]');
    await expect.poll(() => rows.count()).toBe(10);
    const metres = await rows.evaluateAll((items) =>
      items.map((item) => Number((item as HTMLElement).dataset.metres)),
    );
    expect(metres).toEqual([...metres].sort((a, b) => a - b));
    const near = [...expected.organizations].sort((a, b) => apart(one, a) - apart(one, b)).slice(0, 10);
    const ids = await rows.evaluateAll((items) =>
      items.map((item) => Number((item as HTMLElement).dataset.near)),
    );
    expect([...ids].sort()).toEqual(near.map((item) => item.id).sort());
    await viewer.raise('high');
    await viewer.screenshot('nearest');
    await rows.first().click();
    await viewer.page.locator('.card .facts').waitFor();
  });

  test.runIf(desk)('own areas have a row each, and hexagons hold everything', async () => {
    await viewer.visit(start);
    const ring = [
      [119, 29],
      [121, 29],
      [121, 30],
      [119, 30],
      [119, 29],
    ];
    const features = ['=甲', '乙'].map((name, i) => ({
      type: 'Feature',
      properties: { name },
      geometry: { type: 'Polygon', coordinates: [ring.map(([x = 0, y = 0]) => [x, y - i])] },
    }));
    const text = JSON.stringify({ type: 'FeatureCollection', features });
    await openBar();
    const file = viewer.page.locator('.tools input[type="file"]');
    await file.setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('no') });
    await viewer.page.getByText(toolsZh.own.fault.json).waitFor();
    await file.setInputFiles({
      name: 'own.geojson',
      mimeType: 'application/json',
      buffer: Buffer.from(text),
    });
    const rows = viewer.page.locator('[data-own-count]');
    await expect.poll(() => rows.count()).toBe(2);
    const counts = await rows.evaluateAll((items) =>
      items.map((item) => Number((item as HTMLElement).dataset.ownCount)),
    );
    expect(counts).toEqual([
      expected.inBox([119, 29, 121, 30]).length,
      expected.inBox([119, 28, 121, 29]).length,
    ]);
    await viewer.raise('high');
    await viewer.screenshot('own');
    expect(await viewer.violations()).toEqual([]);
    const [saved] = await Promise.all([
      viewer.page.waitForEvent('download'),
      viewer.page.locator('[data-act="csv"]').click(),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await saved.createReadStream()) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toContain(`\r\n'=甲,${counts[0]}`);
    await viewer.page.keyboard.press('Escape');
    await viewer.raise('low');
    await viewer.visit('/?on=hexagons&off=organizations#map=5.4/29.2/120.5');
    const legend = viewer.page.locator('.classes[data-sum][aria-busy="false"]');
    await expect
      .poll(async () => Number(await legend.getAttribute('data-sum', { timeout: 500 }).catch(() => 0)))
      .toBe(expected.organizations.length);
    const drawn = () =>
      viewer.page.evaluate(() => {
        const features = window.jingweiMap?.querySourceFeatures('hexagons') ?? [];
        return features.length;
      });
    await expect.poll(drawn).toBeGreaterThan(3);
    await viewer.screenshot('hexagons');
  });
});

interface Hand {
  down: (x: number, y: number) => Promise<unknown>;
  move: (x: number, y: number) => Promise<unknown>;
  up: () => Promise<unknown>;
}

function mouseOf({ mouse }: Page): Hand {
  const down = async (x: number, y: number) => {
    await mouse.move(x, y);
    await mouse.down();
  };
  return { down, move: (x, y) => mouse.move(x, y), up: () => mouse.up() };
}

/** A finger, by way of the debugger. */
async function fingerOf(page: Page): Promise<Hand> {
  const session = await page.context().newCDPSession(page);
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: { x: number; y: number }[]) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints });
  return {
    down: (x, y) => send('touchStart', [{ x, y }]),
    move: (x, y) => send('touchMove', [{ x, y }]),
    up: () => send('touchEnd', []),
  };
}

/** The ring that a request asks about; null for other requests. */
function ringOf(request: Request): Ring | null {
  if (!request.url().includes('/aggregate') || request.method() !== 'POST') return null;
  const body = request.postDataJSON() as { type: string; coordinates: Ring[] };
  return body.type === 'Polygon' ? (body.coordinates[0] ?? null) : null;
}

/** Whether an organization lies in a ring: a ray to the west crosses it an odd number of times. */
function isIn(ring: Ring, { lng, lat }: Organization): boolean {
  let inside = false;
  for (const [i, [x1, y1]] of ring.slice(0, -1).entries()) {
    const [x2, y2] = ring[i + 1] ?? [x1, y1];
    if (y1 > lat !== y2 > lat && lng > x1 + ((lat - y1) * (x2 - x1)) / (y2 - y1)) inside = !inside;
  }
  return inside;
}

/** About how far two organizations are apart; good enough for an order. */
function apart(a: Organization, b: Organization): number {
  return Math.hypot((a.lng - b.lng) * Math.cos((a.lat * Math.PI) / 180) * 1.0067, a.lat - b.lat);
}
