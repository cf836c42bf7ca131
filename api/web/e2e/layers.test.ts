import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { zh } from '../src/i18n/zh';
import { classOf, classStarts, colourOf } from '../src/map/classes';
import { groupOf, reportGroups } from '../src/map/reportGroups';
import { prefix } from '../src/state/division';
import { browserOfFile, mostly, Viewer } from './browser';
import { Expected } from './expected';

const expected = Expected.given();
const browser = browserOfFile();

/** Where all organizations and reports of the sample are in view. */
const everything = '#map=5.4/29.2/120.5';

/** Colours of divisions on the map by code, as the state of their features says. */
function coloured(viewer: Viewer): Promise<[string, string | null][]> {
  return viewer.page.evaluate(() => {
    const map = window.jingweiMap;
    if (!map?.getLayer('choropleth')) return [];
    const features = map.queryRenderedFeatures({ layers: ['choropleth'] });
    const codes = [...new Set(features.map((feature) => String(feature.properties.code)))];
    return codes.map((code): [string, string | null] => {
      const at = { source: 'divisions', sourceLayer: 'divisions', id: Number(code) };
      return [code, (map.getFeatureState(at).colour as string | undefined) ?? null];
    });
  });
}

describe.each(mostly('desktop'))('further layers at $width x $height', (size) => {
  // One page for all: a page that loads is most of the time of these tests. Each begins at the state it visits.
  let viewer: Viewer;
  beforeAll(async () => {
    viewer = await Viewer.open(browser(), size, '/?on=choropleth#map=6.2/29.9/120.1');
  });
  beforeEach(async () => {
    viewer.faults.length = 0;
    await viewer.raise('low');
  });
  afterEach(() => expect(viewer.faults).toEqual([]));
  afterAll(async () => {
    await viewer?.close();
  });

  // What a phone shows differently is seen at one level.
  const desk = size.width >= 720;
  const levels = [
    ['prefecture', 6.2, 2, null],
    ['county', 8.5, 3, null],
    ['county of a kind', 8.5, 3, 'residents_committee'],
    ['township', 11.3, 4, null],
  ] as const;
  test.each(levels.filter(([name]) => desk || name === 'county'))(
    'divisions of the level %s have the colours of the counts of SQL',
    async (_, zoom, level, kind) => {
      const filter = kind ? `&kinds=${kind}&off=organizations` : '';
      await viewer.visit(`/?on=choropleth${filter}#map=${zoom}/29.9/120.1`);
      await viewer.page.locator(`.classes[data-level="${level}"][data-complete="true"]`).waitFor({
        state: 'attached',
      });
      // The switches of kinds are all off with their layer.
      const counted = kind ? [zh.choropleth.kinds.replace('{{kinds}}', zh.kind[kind])] : [];
      expect(await viewer.page.locator('.classes [data-kinds]').allTextContents()).toEqual(counted);
      const members = (code: string) =>
        expected.inDivision(code).filter((item) => kind === null || item.kind === kind).length;
      const all = expected.divisions.filter((item) => item.level === level);
      const startsShown = () =>
        viewer.page
          .locator('.classes li[data-from]')
          .evaluateAll((items) => items.map((item) => Number((item as HTMLElement).dataset.from)));
      // Classes of a level are those of the country; townships are those of the counties that show, as they arrive.
      if (level < 4) expect(await startsShown()).toEqual(classStarts(all.map((item) => members(item.code))));
      await expect.poll(async () => (await coloured(viewer)).length).toBeGreaterThan(0);
      await expect
        .poll(async () => {
          const starts = await startsShown();
          const wanted = (code: string) => colourOf(classOf(members(code), starts), starts.length);
          return (await coloured(viewer)).filter(([code, colour]) => colour !== wanted(code));
        })
        .toEqual([]);
      if (level === 3 && kind === null) {
        await viewer.raise('high');
        expect(await viewer.violations()).toEqual([]);
        await viewer.screenshot('choropleth');
      }
    },
  );

  test.runIf(desk)('the list of divisions has the numbers of the filter', async () => {
    await viewer.visit('/?division=330100000000&kinds=residents_committee&on=choropleth');
    await viewer.raise('high');
    for (const child of expected.children('330100000000')) {
      const row = viewer.page.locator(`.divisions [data-code="${child.code}"]`);
      const count = expected.inDivision(child.code).filter((item) => item.kind === 'residents_committee');
      await expect.poll(async () => Number(await row.getAttribute('data-count'))).toBe(count.length);
    }
  });

  test('a cluster that nothing opens lists its members, page by page', async () => {
    const members = expected.organizations.filter((item) => item.lng === 119.5 && item.lat === 29.9);
    expect(members.length).toBeGreaterThan(100);
    await viewer.visit('/#map=18/29.9/119.5');
    const found = async () => (await viewer.drawn()).find((item) => item.count === members.length);
    await expect.poll(found).toBeDefined();
    const cluster = await found();
    if (!cluster) throw new Error('the organizations of one spot are no cluster');
    expect(cluster.expansion).toBeNull();
    await viewer.hit(cluster.x, cluster.y);
    await viewer.raise('high');
    const rows = viewer.page.locator('.tab-panel [data-id]');
    await expect.poll(() => rows.count()).toBe(50);
    for (const shown of [100, members.length]) {
      await viewer.page.locator('.more .button').click();
      await expect.poll(() => rows.count()).toBe(shown);
    }
    expect(await viewer.page.locator('.more .button').count()).toBe(0);
    const ids = await rows.evaluateAll((items) =>
      items.map((item) => Number((item as HTMLElement).dataset.id)),
    );
    expect(ids.sort((a, b) => a - b)).toEqual(members.map((item) => item.id).sort((a, b) => a - b));
    expect(await viewer.violations()).toEqual([]);
    await viewer.page.locator('.stack-head .button').click();
    await viewer.page.locator('.stack-head').waitFor({ state: 'detached' });
  });

  test('what is here names the divisions, and drills down to one', async () => {
    const one = expected.organizations[1000];
    if (!one) throw new Error('SQL told of too few organizations');
    await viewer.visit(`/#map=13/${one.lat}/${one.lng}`);
    // On a phone the middle of what is seen; with a mouse a place that one points at.
    const asked = await viewer.page.evaluate(() => window.jingweiMap?.project(window.jingweiMap.getCenter()));
    if (!asked) throw new Error('there is no map');
    if (size.width < 720) await viewer.page.locator('.place-button').click();
    else await viewer.page.mouse.click(asked.x, asked.y + 48, { button: 'right' });
    const card = viewer.page.locator('.place');
    await card.locator('[data-code]').first().waitFor();
    const codes = await card
      .locator('[data-code]')
      .evaluateAll((items) => items.map((item) => (item as HTMLElement).dataset.code ?? ''));
    expect(codes.map((code) => prefix(code).length)).toEqual([2, 4, 6, 9]);
    for (const [i, code] of codes.entries()) {
      const division = expected.divisions.find((item) => item.code === code);
      expect(division?.parent ?? null).toBe(codes[i - 1] ?? null);
      const button = card.locator(`[data-code="${code}"]`);
      expect(await button.textContent()).toContain(division?.name);
    }
    expect(viewer.page.url()).toMatch(/at=1[12][0-9.]+,[23][0-9.]+/);
    expect(await viewer.violations()).toEqual([]);
    await viewer.screenshot('place');
    await card.locator(`[data-code="${codes[2]}"]`).click();
    await viewer.page.locator(`.crumb[aria-current][data-code="${codes[2]}"]`).waitFor();
    expect(viewer.page.url()).not.toContain('at=');
  });

  test.runIf(desk)(
    'on a day before the organizations began there are none, and the chip returns to today',
    async () => {
      await viewer.visit(`/${everything}`);
      await viewer.raise('high');
      await viewer.page.locator('#as-of').fill('1999-06-01');
      await viewer.raise('low');
      await viewer.page.waitForURL(/datetime=1999-06-01/);
      await expect.poll(async () => (await viewer.inView()).count).toBe(0);
      await expect.poll(async () => (await viewer.drawn()).length).toBe(0);
      expect(await viewer.violations()).toEqual([]);
      await viewer.page.locator('.as-of').click();
      await expect.poll(async () => (await viewer.inView()).count).toBe(expected.organizations.length);
      expect(viewer.page.url()).not.toContain('datetime');
    },
  );

  test('reports are those that SQL makes public, by groups, in a list and on a card', async () => {
    const response = viewer.page.waitForResponse(/\/tiles\/reports\/[0-9]/);
    await viewer.visit(`/?on=reports${everything}`);
    await response;
    await viewer.raise('high');
    const tab = viewer.page.locator('[data-reports-in-view][data-fresh="true"]');
    await expect
      .poll(async () => Number(await tab.getAttribute('data-reports-in-view')))
      .toBe(expected.reports.length);
    for (const { name } of reportGroups) {
      const count = viewer.page.locator(`[data-group="${name}"] [data-count]`);
      const members = expected.reports.filter((item) => groupOf(item.category).name === name);
      expect(Number(await count.getAttribute('data-count')), name).toBe(members.length);
    }
    const drawn = () =>
      viewer.page.evaluate(() => {
        const features = window.jingweiMap?.queryRenderedFeatures({
          layers: ['report-dots', 'report-clusters'],
        });
        return (features ?? []).reduce((sum, item) => sum + Number(item.properties.point_count ?? 1), 0);
      });
    await expect.poll(drawn).toBe(expected.reports.length);
    await viewer.screenshot('reports');
    await viewer.page.locator('[data-tab="reports"]').click();
    const rows = viewer.page.locator('.tab-panel [data-report]');
    await expect.poll(() => rows.count()).toBe(50);
    await viewer.page.locator('.more .button').click();
    await expect.poll(() => rows.count()).toBe(100);
    const row = rows.nth(60);
    const id = Number(await row.getAttribute('data-report'));
    const report = expected.reports.find((item) => item.id === id);
    await row.click();
    const card = viewer.page.locator(`[data-picked="report ${id}"]`);
    await card.locator('.facts').waitFor();
    expect(await card.locator('h2').isVisible()).toBe(true);
    const text = (await card.textContent()) ?? '';
    expect(text).toContain(report?.received);
    expect(text).toContain(zh.report.statusOf[report?.status as 'open']);
    expect(text).toContain(zh.report.generalised);
    expect(await viewer.violations()).toEqual([]);
    await viewer.screenshot('report-card');
    expect(viewer.page.url()).toContain(`picked=report,${id},`);
    await viewer.page.goBack();
    await card.waitFor({ state: 'detached' });
    await viewer.page.goForward();
    await card.locator('.facts').waitFor();
    const { pathname, search, hash } = new URL(viewer.page.url());
    await viewer.go(pathname + search + hash);
    await card.locator('.facts').waitFor();
    await viewer.page.keyboard.press('Escape');
    await card.waitFor({ state: 'detached' });
    expect(viewer.page.url()).not.toContain('picked');
  });

  test('the slider of days shows of each day what SQL knows of it, by hand and while it plays', async () => {
    const received = expected.reports.map((item) => item.received).sort();
    const day = received[Math.floor(received.length / 2)] ?? '';
    const upTo = (last: string) => received.filter((other) => other <= last).length;
    const tab = viewer.page.locator('[data-reports-in-view][data-fresh="true"]');
    const counted = async () => Number(await tab.getAttribute('data-reports-in-view', { timeout: 500 }));
    await viewer.visit(`/?on=reports&timeline=decade&datetime=${day}${everything}`);
    const slider = viewer.page.locator('.timeline input');
    const shown = () => viewer.page.locator('.timeline output').getAttribute('data-day');
    await expect.poll(shown).toBe(day);
    await expect.poll(counted).toBe(upTo(day));
    await viewer.screenshot('timeline');
    expect(await viewer.violations()).toEqual([]);
    for (let i = 0; i < 20; i++) await slider.press('ArrowLeft');
    const earlier = new Date(Date.parse(day) - 20 * 86_400_000).toISOString().slice(0, 10);
    await viewer.page.waitForURL(new RegExp(`datetime=${earlier}`));
    await expect.poll(counted).toBe(upTo(earlier));
    expect(upTo(earlier)).toBeLessThan(upTo(day));
    for (const key of ['End', 'ArrowLeft', 'ArrowLeft']) await slider.press(key);
    await viewer.page.waitForURL(/datetime=/);
    await viewer.page.locator('.timeline button').first().click();
    // It plays to today, which needs no day in the link, and stops there.
    await expect.poll(() => viewer.page.url()).not.toContain('datetime');
    await viewer.page.locator('.timeline[data-playing="false"]').waitFor();
    await expect.poll(counted).toBe(expected.reports.length);
    await viewer.page.locator('.timeline button').last().click();
    expect(viewer.page.url()).not.toContain('timeline');
  });

  test.runIf(desk)('a grid and a jurisdiction name the organization that answers for them', async () => {
    for (const layer of ['grids', 'jurisdictions'] as const) {
      const area = expected.areas[layer][0];
      if (!area) throw new Error(`SQL told of no ${layer}`);
      const organization = expected.organizations.find((item) => item.id === area.organization);
      const arrived = viewer.page.waitForResponse(new RegExp(`/tiles/${layer}/[0-9]`));
      await viewer.visit(`/?on=${layer}&off=organizations#map=14/${area.lat}/${area.lng}`);
      await arrived;
      await viewer.rest();
      const at = await viewer.page.evaluate(([lng, lat]) => window.jingweiMap?.project([lng, lat]), [
        area.lng,
        area.lat,
      ] as const);
      if (!at) throw new Error('there is no map');
      await viewer.hit(at.x, at.y + 48);
      const named = viewer.page.locator(layer === 'grids' ? '.card [data-organization]' : '.card h2');
      await named.waitFor({ state: 'attached' });
      expect(await named.textContent()).toBe(organization?.name);
      if (layer === 'jurisdictions') continue;
      // The link to a grid needs neither its layer nor its place on the screen.
      const picked = new URL(viewer.page.url()).searchParams.get('picked');
      expect(picked).toMatch(/^grid,[0-9]+,121\.[0-9]+,27\.[0-9]+$/);
      await viewer.visit(`/?picked=${picked}#map=9/29.9/119.8`);
      await named.waitFor();
      await viewer.visit('/#map=9/29.9/119.8');
      await named.waitFor({ state: 'detached' });
      await viewer.page.goBack();
      await expect.poll(() => named.allTextContents()).toEqual([organization?.name]);
      await viewer.page.locator('.card .card-close').click();
      await viewer.page.locator('.card').waitFor({ state: 'detached' });
    }
  });
});
