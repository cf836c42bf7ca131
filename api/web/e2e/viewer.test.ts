import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { zh } from '../src/i18n/zh';
import { address, browserOfFile, type Drawn, mostly, sizes, Viewer } from './browser';
import { Expected } from './expected';

const expected = Expected.given();
const browser = browserOfFile();

describe.each(sizes)('the map at $width x $height', (size) => {
  /** A test that one size is enough for, as a rule. */
  const only = (name: 'desktop' | 'phone') => test.runIf(mostly(name).includes(size));
  let viewer: Viewer;
  beforeEach(async () => {
    viewer = await Viewer.open(browser(), size);
  });
  afterEach(async () => {
    const { faults } = viewer;
    await viewer.close();
    expect(faults).toEqual([]);
  });

  const crumb = (code: string | null) =>
    viewer.page.locator(`.crumb[data-code="${code ?? 'root'}"][data-count]`);
  const countOf = async (code: string | null) => Number(await crumb(code).getAttribute('data-count'));

  test('opens with all organizations of the database', async () => {
    expect(await countOf(null)).toBe(expected.organizations.length);
    const drawn = await viewer.drawn();
    expect(drawn.reduce((sum, item) => sum + item.count, 0)).toBe(expected.organizations.length);
    for (const kind of new Set(expected.organizations.map((item) => item.kind))) {
      const shown = viewer.page.locator(`[data-kind="${kind}"] [data-count]`);
      const { box } = await viewer.inView();
      const inBox = expected.inBox(box).filter((item) => item.kind === kind).length;
      expect(Number(await shown.getAttribute('data-count'))).toBe(inBox);
    }
    await viewer.screenshot('home');
  });

  only('desktop')('at every zoom the clusters add up to what SQL counts', async () => {
    const { lng, lat } = expected.inDivision(expected.largestChild('330100000000').code)[0] ?? {
      lng: 0,
      lat: 0,
    };
    for (let z = 5; z <= 15; z++) {
      await viewer.jump(lng, lat, z);
      expect(await differences(viewer, null), `zoom ${z}`).toEqual([]);
      const inView = await viewer.inView();
      expect(inView.count, `list at zoom ${z}`).toBe(expected.inBox(inView.box).length);
      if (z === 5) {
        const drawn = await viewer.drawn();
        expect(drawn.reduce((sum, item) => sum + item.count, 0)).toBe(expected.organizations.length);
      }
    }
    await viewer.screenshot('zoom-15');
  });

  only('phone')('a click opens a cluster', async () => {
    await viewer.jump(120.15, 29.2, 7);
    const clusters = alone(await viewer.drawn(), size).filter(
      (item) => item.count > 1 && item.expansion !== null,
    );
    const cluster = clusters[0];
    if (!cluster?.expansion) throw new Error('no cluster stands alone');
    await viewer.hit(cluster.x, cluster.y);
    await viewer.page.waitForFunction(
      (least) => (window.jingweiMap?.getZoom() ?? 0) >= least,
      cluster.expansion,
    );
    await viewer.rest();
    expect(await differences(viewer, null)).toEqual([]);
  });

  test('a click on an organization shows its card, Escape closes it', async () => {
    const one = expected.organizations[1000];
    if (!one) throw new Error('SQL told of too few organizations');
    await viewer.jump(one.lng, one.lat, 17);
    const drawn = (await viewer.drawn()).find((item) => item.id === one.id);
    if (!drawn) throw new Error(`${one.name} is not drawn at its place`);
    await viewer.hit(drawn.x, drawn.y);
    await viewer.page.locator(`.card[data-id="${one.id}"] .facts`).waitFor();
    const heading = size.width < 720 ? '.sheet-title' : '.card h2';
    expect(await viewer.page.locator(heading).textContent()).toBe(one.name);
    expect(await viewer.page.locator('.card').textContent()).toContain(
      zh.kind[one.kind as keyof typeof zh.kind],
    );
    const path = viewer.page.locator('.path');
    await path.getByText(nameOf(`${one.division.slice(0, 6)}000000`)).waitFor();
    expect(viewer.page.url()).toContain(`selected=${one.id}`);
    await viewer.rest();
    await viewer.screenshot('card');
    expect(await viewer.violations()).toEqual([]);
    await viewer.page.keyboard.press('Escape');
    await viewer.page.locator('.card').waitFor({ state: 'detached' });
    expect(viewer.page.url()).not.toContain('selected');
  });

  test('search finds what SQL finds, by keyboard', async () => {
    const organizations = expected.organizations.filter((item) => item.name.includes('柳'));
    const divisions = expected.divisions.filter((item) => item.name.includes('柳'));
    const names = new Set([...organizations, ...divisions].map((item) => item.name));
    await viewer.page.keyboard.press('/');
    await viewer.page.keyboard.type('柳');
    const hits = viewer.page.getByRole('option');
    await hits.first().waitFor();
    const shown = await viewer.page.locator('.hit-name').allTextContents();
    expect(shown.length).toBe(Math.min(20, organizations.length + divisions.length));
    expect(shown.filter((name) => !names.has(name))).toEqual([]);
    expect(await viewer.violations()).toEqual([]);
    await viewer.screenshot('search');

    const answer = await fetch(`${address}/search?limit=100&q=${encodeURIComponent('柳')}`);
    const { items } = (await answer.json()) as { items: { type: string; id?: number; name: string }[] };
    const found = items.filter((item) => item.type === 'organization' && item.name.includes('柳'));
    const ids = new Set(organizations.map((item) => item.id));
    expect(found.every((item) => ids.has(item.id ?? 0))).toBe(true);
    if (items.length < 100) expect(found.length).toBe(organizations.length);

    const organizationNames = new Set(organizations.map((item) => item.name));
    const first = shown.findIndex((name) => organizationNames.has(name));
    for (let i = 0; i <= first; i++) await viewer.page.keyboard.press('ArrowDown');
    await viewer.page.keyboard.press('Enter');
    await viewer.page.locator('.card .facts').waitFor();
    await viewer.rest();
    const id = Number(await viewer.page.locator('.card').getAttribute('data-id'));
    const chosen = organizations.find((item) => item.id === id);
    expect(chosen?.name).toBe(shown[first]);
    // On a phone the card stands where the list was.
    await viewer.page.keyboard.press('Escape');
    await viewer.page.locator('[data-in-view]').waitFor({ state: 'attached' });
    const { box } = await viewer.inView();
    expect(expected.inBox(box).map((item) => item.id)).toContain(id);
  });

  only('phone')(
    'search forgives an error of typing, tells how much there is, and reads coordinates',
    async () => {
      const { page } = viewer;
      const hits = page.getByRole('option');
      await page.keyboard.press('/');
      await page.getByText(zh.search.hint).waitFor();
      await viewer.screenshot('search-hint');
      // A name that SQL has once, and without its fourth character not at all.
      const names = expected.organizations.map((item) => item.name);
      const named = new Map(names.map((name) => [`${name.slice(0, 3)}${name.slice(4)}`, name]));
      const [typed = '', name = ''] = [...named].find(
        ([short, whole]) => whole.length > 7 && !names.some((other) => other.includes(short)),
      ) ?? ['', ''];
      await page.keyboard.insertText(typed);
      await page.locator('.hit-name', { hasText: name }).first().waitFor();
      expect(await hits.filter({ hasText: name }).first().textContent()).toContain(zh.search.match.similar);
      await viewer.screenshot('search-similar');

      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.insertText('社区');
      await page.locator('.search-total').waitFor();
      const all = [...names, ...expected.divisions.map((item) => item.name)].filter((one) =>
        one.includes('社区'),
      );
      if (all.length <= 10_000) {
        expect(await page.locator('.search-total').textContent()).toContain(
          all.length.toLocaleString('zh-CN'),
        );
      } else expect(await page.locator('.search-total').textContent()).toContain('约');
      expect(await viewer.violations()).toEqual([]);

      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.insertText('北纬30.27° 东经120.15°');
      await page.locator('.hit-why', { hasText: 'WGS84' }).waitFor();
      await viewer.screenshot('search-coordinate');
      await page.keyboard.press('Enter');
      await page.locator('.place[data-at="120.15,30.27"]').waitFor();
      expect(new URL(page.url()).searchParams.get('at')).toContain('120.15');
    },
  );

  test('drills from the province to a township and back, with the counts of SQL', async () => {
    let parent: string | null = null;
    for (let level = 1; level <= 4; level++) {
      const { code, name } = expected.largestChild(parent);
      await viewer.raise('high');
      for (const child of expected.children(parent)) {
        const row = viewer.page.locator(`.divisions [data-code="${child.code}"]`);
        await row.waitFor();
        expect(Number(await row.getAttribute('data-count'))).toBe(expected.inDivision(child.code).length);
      }
      await viewer.page.locator(`.divisions [data-code="${code}"]`).click();
      await viewer.page.locator(`.crumb[aria-current][data-code="${code}"]`).waitFor();
      await viewer.raise('low');
      await crumb(code).waitFor();
      await expect.poll(() => crumb(code).textContent()).toContain(name);
      expect(await countOf(code)).toBe(expected.inDivision(code).length);
      expect(await viewer.page.locator('.crumb').count()).toBe(level + 1);
      await expect.poll(() => differences(viewer, code)).toEqual([]);
      const inView = await viewer.inView();
      expect(inView.count).toBe(expected.inDivision(code).length);
      await viewer.screenshot(`drill-${level}`);
      parent = code;
    }
    await viewer.page.goBack();
    const county = `${parent?.slice(0, 6)}000000`;
    await viewer.page.locator(`.crumb[aria-current][data-code="${county}"]`).waitFor();
    await viewer.page.locator('.crumb[data-code="root"]').click();
    await viewer.page.locator('.crumb[aria-current][data-code="root"]').waitFor();
    await viewer.rest();
    expect((await viewer.inView()).count).toBe(expected.organizations.length);
  });

  only('desktop')('a click on a division of the map chooses it', async () => {
    await viewer.go('/?division=330000000000#map=10/29.9/119.3');
    const children = expected.children('330000000000').map((item) => item.code);
    const target = await viewer.page.evaluate(() => {
      const map = window.jingweiMap;
      const canvas = map?.getCanvas();
      if (!map || !canvas) return null;
      // A place of a child far from every organization: those come before divisions.
      const layers = map.getStyle().layers.map((layer) => layer.id);
      const points = layers.filter((id) => /^organization-(clusters|dots)/.test(id));
      for (let y = 120; y < canvas.clientHeight - 140; y += 11) {
        for (let x = 20; x < canvas.clientWidth - 80; x += 11) {
          if (document.elementFromPoint(x, y + canvas.getBoundingClientRect().top) !== canvas) continue;
          const near = map.queryRenderedFeatures(
            [
              [x - 20, y - 20],
              [x + 20, y + 20],
            ],
            { layers: points },
          );
          const child = map.queryRenderedFeatures([x, y], { layers: ['child-fill'] })[0];
          if (near.length === 0 && child) {
            return { x, y: y + canvas.getBoundingClientRect().top, code: String(child.properties.code) };
          }
        }
      }
      return null;
    });
    if (!target) throw new Error('no division can be clicked');
    expect(children).toContain(target.code);
    await viewer.hit(target.x, target.y);
    await viewer.page.locator(`.crumb[aria-current][data-code="${target.code}"]`).waitFor();
    await crumb(target.code).waitFor();
    expect(await countOf(target.code)).toBe(expected.inDivision(target.code).length);
  });

  only('phone')('a kind that is switched off leaves map and list', async () => {
    await viewer.raise('high');
    await viewer.page.locator('[data-kind="residents_committee"] input').click();
    await viewer.raise('low');
    await viewer.page.waitForURL(/kinds=village_committee/);
    const villages = expected.organizations.filter((item) => item.kind === 'village_committee').length;
    await expect.poll(async () => (await viewer.inView()).count).toBe(villages);
    await expect.poll(async () => total(await viewer.drawn())).toBe(villages);
    expect(await countOf(null)).toBe(villages);
  });

  test('speaks English and Chinese', async () => {
    expect(await viewer.page.locator('html').getAttribute('lang')).toBe('zh-CN');
    await viewer.page.locator('.bar button.plain').click();
    await viewer.page.locator('.crumb', { hasText: 'China' }).waitFor();
    expect(await viewer.page.locator('html').getAttribute('lang')).toBe('en');
    expect(viewer.page.url()).toContain('lang=en');
    await viewer.rest();
    await viewer.raise('middle');
    await viewer.screenshot('english');
    expect(await viewer.violations()).toEqual([]);
    await viewer.page.locator('.bar button.plain').click();
    await viewer.page.locator('.crumb', { hasText: zh.divisions.country }).waitFor();
  });

  test('has no serious barrier, and lists its keys', async () => {
    await viewer.raise('middle');
    expect(await viewer.violations()).toEqual([]);
    await viewer.page.keyboard.press('?');
    await viewer.page.locator('dialog[open]').waitFor();
    expect(await viewer.violations()).toEqual([]);
    await viewer.page.keyboard.press('Escape');
    await viewer.page.locator('dialog[open]').waitFor({ state: 'detached' });
  });

  only('desktop')('a link shows the same view again', async () => {
    await viewer.go('/?division=330100000000&kinds=village_committee&lang=en#map=9.5/30/119.8');
    expect(await viewer.page.evaluate(() => window.jingweiMap?.getZoom())).toBeCloseTo(9.5);
    const count = expected
      .inDivision('330100000000')
      .filter((item) => item.kind === 'village_committee').length;
    await crumb('330100000000').waitFor();
    expect(await countOf('330100000000')).toBe(count);
  });

  test.runIf(process.env.JINGWEI_TOKEN)(
    'what is registered appears without a reload, and goes again',
    async () => {
      const model = expected.organizations[0];
      if (!model) throw new Error('SQL told of no organization');
      const [lng, lat] = [model.lng + 0.0005, model.lat + 0.0005];
      await viewer.jump(lng, lat, 18);
      const before = (await viewer.inView()).count;
      const headers = {
        Authorization: `Bearer ${process.env.JINGWEI_TOKEN}`,
        'Content-Type': 'application/json',
      };
      const { kind, division } = model;
      const body = JSON.stringify({
        kind,
        division,
        level: 'village',
        name: '新登记的组织',
        location: [lng, lat],
      });
      const made = await fetch(`${address}/api/organizations`, { method: 'POST', headers, body });
      expect(made.status).toBe(201);
      const { id } = (await made.json()) as { id: number };
      await expect.poll(async () => (await viewer.drawn()).some((item) => item.id === id)).toBe(true);
      await expect.poll(async () => (await viewer.inView()).count).toBe(before + 1);
      const retired = await fetch(`${address}/api/organizations/${id}`, {
        method: 'DELETE',
        headers: { ...headers, 'If-Match': made.headers.get('ETag') ?? '' },
      });
      expect(retired.status).toBe(204);
      await expect.poll(async () => (await viewer.drawn()).some((item) => item.id === id)).toBe(false);
      await expect.poll(async () => (await viewer.inView()).count).toBe(before);
    },
  );
});

/** Tiles whose points do not add up to what SQL counts in them. */
async function differences(viewer: Viewer, division: string | null): Promise<string[]> {
  const { zoom, tiles } = await viewer.sums();
  const want = expected.perTile(zoom, division);
  return tiles
    .filter(([key, sum]) => sum !== (want.get(key) ?? 0))
    .map(([key, sum]) => `${key} holds ${sum}, not ${want.get(key) ?? 0}`);
}

function total(drawn: Drawn[]): number {
  return drawn.reduce((sum, item) => sum + item.count, 0);
}

function nameOf(code: string): string {
  return expected.divisions.find((item) => item.code === code)?.name ?? code;
}

/** Those that stand on free ground: no other within reach of a finger, no panel above. */
function alone(drawn: Drawn[], size: { width: number; height: number }): Drawn[] {
  const [left, right, bottom] = size.width < 720 ? [20, 80, 180] : [360, 120, 80];
  return drawn.filter(
    (item) =>
      item.x > left &&
      item.x < size.width - right &&
      item.y > 130 &&
      item.y < size.height - bottom &&
      drawn.every((other) => other === item || Math.hypot(other.x - item.x, other.y - item.y) > 24),
  );
}
