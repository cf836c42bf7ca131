import { readFileSync } from 'node:fs';
import type { Download, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { dayAt, plusDays } from '../src/format/day';
import { distance, scaleBar } from '../src/format/scale';
import { en } from '../src/i18n/en';
import { printEn } from '../src/i18n/printEn';
import { printZh } from '../src/i18n/printZh';
import { zh } from '../src/i18n/zh';
import { classOf, classStarts } from '../src/map/classes';
import { type Box, boxParameter } from '../src/map/tiles';
import { dots, framesOf, metresPerMm, type Paper } from '../src/print/paper';
import { address, browserOfFile, mostly, sizes, Viewer } from './browser';
import { Expected } from './expected';

const expected = Expected.given();
const browser = browserOfFile();
const today = dayAt(new Date());

/** Texts of the sheet that are of a part, in their order. */
function parts(page: Page, part: string): Promise<string[]> {
  return page.locator(`.sheet-page [data-part="${part}"]`).allTextContents();
}

/** Chooses a paper in the window for printing, and waits for its sheet. */
async function choosePaper({ page }: Viewer, paper: Paper): Promise<void> {
  const papers = page.locator('.print-controls input[type="radio"]');
  await papers.nth(paper === 'landscape' ? 0 : 1).check();
  await page.locator(`.sheet-page.${paper}`).waitFor();
}

async function boxOf(viewer: Viewer): Promise<Box> {
  const box = await viewer.page.locator('.print-page').getAttribute('data-box');
  return (box ?? '').split(',').map(Number) as unknown as Box;
}

async function saved(viewer: Viewer): Promise<Download> {
  const [download] = await Promise.all([
    viewer.page.waitForEvent('download'),
    viewer.page.locator('[data-act="png"]').click(),
  ]);
  return download;
}

interface Picture {
  width: number;
  height: number;
  /** How many colours there are inside of the frame of the map, of every seventh pixel. */
  colours: number;
  /** The colour in the margin of the sheet. */
  margin: number[];
}

/** What the browser decodes a PNG to. */
function decoded(page: Page, file: string, paper: Paper): Promise<Picture> {
  const { map } = framesOf(paper);
  const area = [map.x + 1, map.y + 1, map.width - 2, map.height - 2].map((mm) => mm * dots);
  return page.evaluate(
    async ([base64, area]) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const pen = canvas.getContext('2d');
      if (!pen) throw new Error('there is no canvas');
      pen.drawImage(bitmap, 0, 0);
      const [x = 0, y = 0, width = 0, height = 0] = area;
      const pixels = new Uint32Array(pen.getImageData(x, y, width, height).data.buffer);
      const colours = new Set(pixels.filter((_, i) => i % 7 === 0)).size;
      const margin = [...pen.getImageData(30, 30, 1, 1).data];
      return { width: bitmap.width, height: bitmap.height, colours, margin };
    },
    [readFileSync(file).toString('base64'), area] as const,
  );
}

/** Organizations in a box on a day, as the interface counts them. */
async function counted(box: Box, day: string): Promise<number> {
  const query = `bbox=${boxParameter(box)}&datetime=${day}`;
  const answer = await fetch(`${address}/ogc/collections/organizations/aggregate?${query}`);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { count: number }).count;
}

describe.each(sizes)('printing at $width x $height', (size) => {
  const desk = size.width >= 720;
  const [lang, texts, own] = desk ? (['zh', zh, printZh] as const) : (['en', en, printEn] as const);
  let viewer: Viewer;
  beforeAll(async () => {
    viewer = await Viewer.open(browser(), size, `/?lang=${lang}#map=8/29.6/120.2`);
    // No window of the browser opens in a test: what asks for it is counted.
    await viewer.page.evaluate(() => {
      const said: string[] = [];
      Object.assign(window, { said, print: () => said.push(document.title) });
    });
  });
  beforeEach(() => {
    viewer.faults.length = 0;
  });
  afterEach(async () => {
    await viewer.page.keyboard.press('Escape');
    await viewer.page.locator('.print-window').waitFor({ state: 'detached' });
    expect(await viewer.page.locator('.picture-frame').count()).toBe(0);
    expect(viewer.faults).toEqual([]);
  });
  afterAll(async () => {
    await viewer?.close();
  });

  test('a sheet has the numbers of SQL, scale, north, dates, sources and link, and is what is printed', async () => {
    await viewer.page.locator('.print-button').click();
    const paper: Paper = desk ? 'landscape' : 'portrait';
    await viewer.page.locator(`.sheet-page.${paper}`).waitFor();
    const box = await boxOf(viewer);
    const rounded = box.map((v) => Number(v.toFixed(7))) as unknown as Box;
    const members = expected.inBox(rounded);
    expect(members.length).toBeGreaterThan(100);
    const exact = (n: number) => n.toLocaleString('en-US');
    const kinds = Object.entries(texts.kind).map(
      ([kind, name]) => [name, members.filter((item) => item.kind === kind).length] as const,
    );
    const shown = kinds.filter(([, count]) => count > 0);
    const legend = await parts(viewer.page, 'legend');
    expect(legend.slice(0, shown.length + 1)).toEqual([
      texts.layers.organizations,
      ...shown.map(([name]) => name),
    ]);
    const counts = await parts(viewer.page, 'count');
    expect(counts).toEqual([exact(members.length), ...shown.map(([, count]) => exact(count))]);
    const [subtitle = ''] = await parts(viewer.page, 'subtitle');
    expect(subtitle).toContain(own.inPicture_other.replace('{{total}}', exact(members.length)));
    expect(subtitle).toContain(texts.status.illustrative);
    expect(await parts(viewer.page, 'title')).toEqual([
      `${texts.divisions.country} · ${texts.layers.organizations} · ${today}`,
    ]);
    const zoom = Number(await viewer.page.locator('.print-page').getAttribute('data-zoom'));
    const mercator = (lat: number) => Math.asinh(Math.tan((lat * Math.PI) / 180));
    const lat = (Math.atan(Math.sinh((mercator(box[1]) + mercator(box[3])) / 2)) * 180) / Math.PI;
    // The bar is as long on the sheet as the metres that it says are on the map beside it.
    const perMm = metresPerMm(zoom, lat);
    const [, label = ''] = await parts(viewer.page, 'scale');
    const drawn = await viewer.page
      .locator('.sheet-page rect[height="16"]')
      .evaluateAll((bars) => bars.reduce((sum, bar) => sum + Number(bar.getAttribute('width')) / 10, 0));
    const { metres } = scaleBar(perMm, framesOf(paper).scale.width - 12);
    expect(label).toBe(distance(metres, lang));
    expect(drawn).toBeCloseTo(metres / perMm, 1);
    const wide = (box[2] - box[0]) * 111_319.49 * Math.cos((lat * Math.PI) / 180);
    expect(perMm * framesOf(paper).map.width).toBeCloseTo(wide, -3);
    expect(await parts(viewer.page, 'north')).toEqual([own.north]);
    expect((await parts(viewer.page, 'dates')).join('')).toContain(own.dataDay.replace('{{day}}', today));
    expect((await parts(viewer.page, 'dates')).join('')).toContain(own.printDay.replace('{{day}}', today));
    const sources = (await parts(viewer.page, 'source')).join('');
    expect(sources).toContain(texts.status.boundaries);
    expect(sources).toContain(texts.status.noReview);
    expect(sources).toContain('CC0-1.0');
    expect((await parts(viewer.page, 'link')).join('')).toContain(viewer.page.url());
    expect(await viewer.violations()).toEqual([]);
    await viewer.screenshot(`print-${lang}`);
    await printed(paper);
  });

  /** The page that is printed is the sheet alone, of its size, with the title that was given. */
  const printed = async (paper: Paper) => {
    const title = 'A1: 试 / trial';
    await viewer.page.locator('#print-heading').fill(title);
    expect(await parts(viewer.page, 'title')).toEqual([title]);
    await viewer.page.locator('[data-act="pdf"]').click();
    const said = await viewer.page.evaluate(() => (window as unknown as { said: string[] }).said);
    expect(said.at(-1)).toBe('A1 试 trial');
    await viewer.page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
    expect(await viewer.page.title()).toBe(texts.app.title);
    await viewer.page.emulateMedia({ media: 'print' });
    const seen = await viewer.page.evaluate(() => document.body.innerText.trim());
    const whole = (await viewer.page.locator('.sheet-page text').allTextContents()).join('');
    expect(whole.replaceAll(/\s/g, '')).toContain(title.replaceAll(/\s/g, ''));
    const outside = await viewer.page.evaluate(
      () =>
        [...document.querySelectorAll('.bar, .stage, .print-controls, .print-window header')].filter((one) =>
          one.checkVisibility(),
        ).length,
    );
    expect(outside).toBe(0);
    expect(seen).not.toContain(own.png);
    const pdf = (await viewer.page.pdf({ preferCSSPageSize: true, printBackground: true })).toString(
      'latin1',
    );
    await viewer.page.emulateMedia({ media: null });
    expect(pdf.match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(1);
    const [, width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf) ?? [];
    const points = (mm: number) => (mm * 72) / 25.4;
    const { paper: sheet } = framesOf(paper);
    expect(Math.abs(Number(width) - points(sheet.width))).toBeLessThan(1);
    expect(Math.abs(Number(height) - points(sheet.height))).toBeLessThan(1);
    // The picture is in the document, and letters are letters.
    expect(pdf).toContain('/Subtype /Image');
    expect(pdf).toContain('/Font');
  };

  test('a PNG has the size of its paper and a map with filled divisions in it', async () => {
    await viewer.visit(`/?lang=${lang}&on=choropleth&area=circle:120.2,29.6,20000#map=8/29.6/120.2`);
    await viewer.page.keyboard.press('p');
    const paper: Paper = 'portrait';
    await choosePaper(viewer, paper);
    const members = (code: string) => expected.inDivision(code).length;
    const zoom = Number(await viewer.page.locator('.print-page').getAttribute('data-zoom'));
    const level = zoom < 8 ? 2 : 3;
    const values = expected.divisions
      .filter((item) => item.level === level)
      .map((item) => members(item.code));
    const starts = classStarts(values);
    const counts = await parts(viewer.page, 'count');
    const classes = starts.map((_, i) => values.filter((value) => classOf(value, starts) === i + 1).length);
    const at = counts.indexOf(own.divisionCount);
    expect(at).toBeGreaterThan(0);
    expect(counts.slice(at + 1, at + 1 + classes.length).map(Number)).toEqual(classes);
    const total = viewer.page.locator('.area-card [data-total][data-fresh="true"]');
    expect(counts[0]?.replaceAll(',', '')).toBe(await total.getAttribute('data-total'));
    const download = await saved(viewer);
    expect(download.suggestedFilename()).toMatch(/\.png$/);
    const picture = await decoded(viewer.page, await download.path(), paper);
    const { width, height } = framesOf(paper).paper;
    expect(picture).toMatchObject({ width: width * dots, height: height * dots });
    expect(picture.colours).toBeGreaterThan(50);
    expect(picture.margin).toEqual([255, 255, 255, 255]);
    await viewer.page.locator('.print-actions .said', { hasText: download.suggestedFilename() }).waitFor();
  });

  test.runIf(desk)('a map that does not arrive is not printed, and another try may bring it', async () => {
    await viewer.visit(`/?lang=${lang}#map=11/29.1/119.6`);
    await viewer.page.route('**/tiles/organizations/**', (route) => route.abort());
    await viewer.page.keyboard.press('p');
    const fault = viewer.page.locator('[data-fault]');
    await fault.waitFor();
    expect(await fault.getAttribute('data-fault')).toBe('tiles');
    expect(await viewer.page.locator('[data-act="pdf"]').isDisabled()).toBe(true);
    await viewer.page.unroute('**/tiles/organizations/**');
    await fault.locator('.button').click();
    await viewer.page.locator('.sheet-page').waitFor();
    // The browser itself complains of what was cut off.
    viewer.faults.length = 0;
  });
});

describe.each(mostly('desktop'))('two days at $width x $height', (size) => {
  const desk = size.width >= 720;
  const [lang, texts] = desk ? (['en', en] as const) : (['zh', zh] as const);
  const before = '2024-06-01';
  const view = '#map=7.5/29.7/119.8';
  let viewer: Viewer;
  beforeAll(async () => {
    viewer = await Viewer.open(browser(), size, `/?lang=${lang}&datetime=${before}&swipe=today,50${view}`);
  });
  beforeEach(() => {
    viewer.faults.length = 0;
  });
  afterEach(() => expect(viewer.faults).toEqual([]));
  afterAll(async () => {
    await viewer?.close();
  });

  const side = (name: 'left' | 'right', day: string) =>
    viewer.page.locator(`[data-side="${name}"] output[data-day="${day}"][data-fresh="true"][data-count]`);
  const numberOf = async (name: 'left' | 'right', day: string) => {
    await side(name, day).waitFor();
    return Number(await side(name, day).getAttribute('data-count'));
  };
  const divider = () => viewer.page.getByRole('separator');
  const at = async () => Number(await divider().getAttribute('aria-valuenow'));

  test('each side has the number of its day, and both look at the same place', async () => {
    const { box } = await viewer.inView();
    await expect.poll(() => numberOf('left', before)).toBe(await counted(box, before));
    const now = expected.inBox(box).length;
    await expect.poll(() => numberOf('right', 'today')).toBe(now);
    expect(await counted(box, today)).toBe(now);
    const difference = viewer.page.locator('[data-difference]');
    // What was registered on one spot today is only on the right.
    expect(Number(await difference.getAttribute('data-difference'))).toBe(now - (await counted(box, before)));
    expect(now).toBeGreaterThan(await counted(box, before));
    expect(await viewer.page.locator('.second-map canvas').count()).toBe(1);
    expect(await viewer.violations()).toEqual([]);
    await viewer.screenshot(`swipe-${lang}`);
  });

  test('the second map follows the first, and its number too', async () => {
    await viewer.jump(120.6, 29.3, 9);
    const { box } = await viewer.inView();
    await expect.poll(() => numberOf('left', before)).toBe(await counted(box, before));
    await expect.poll(() => numberOf('right', 'today')).toBe(expected.inBox(box).length);
  });

  test('the signs of both stay free while one draws, and what counts or prints one day says so', async () => {
    const left = '[data-side="left"]';
    const right = '[data-side="right"]';
    await viewer.page.locator('.tools-button').click();
    await viewer.page.locator('[data-tool="corridor"]').click();
    await viewer.page.locator('.tools-hint').waitFor();
    for (const tools of ['.tools-bar', '.tools-hint'])
      expect(await viewer.touching(tools, [left, right])).toEqual([]);
    await viewer.page.keyboard.press('Escape');
    await viewer.page.keyboard.press('Escape');
    await viewer.page.locator('.tools-bar').waitFor({ state: 'detached' });
    await viewer.visit(
      `/?lang=${lang}&datetime=${before}&swipe=today,50&area=circle:119.8,29.7,20000${view}`,
    );
    const note = viewer.page.locator('.area-card .one-day');
    await note.waitFor({ state: 'attached' });
    expect(await note.textContent()).toContain(before);
    await viewer.page.locator('.print-button').click();
    await viewer.page.locator('.sheet-page').waitFor();
    expect(await viewer.page.locator('.print-one-day').textContent()).toContain(before);
    const link = (await parts(viewer.page, 'link')).join('');
    expect(link).toContain(`datetime=${before}`);
    expect(link).not.toContain('swipe=');
    for (const gone of ['.print-window', '.area-card']) {
      await viewer.page.keyboard.press('Escape');
      await viewer.page.locator(gone).waitFor({ state: 'detached' });
    }
  });

  test('another day is chosen beside its number, and stands in the link', async () => {
    const field = viewer.page.locator('[data-side="right"] input[type="date"]');
    await field.fill('2019-12-31');
    const { box } = await viewer.inView();
    await expect.poll(() => numberOf('right', '2019-12-31')).toBe(await counted(box, '2019-12-31'));
    expect(viewer.page.url()).toContain('swipe=2019-12-31,50');
    expect(viewer.page.url()).toContain(`datetime=${before}`);
    await viewer.page.goBack();
    await side('right', 'today').waitFor();
  });

  test('the divider is moved by hand and by keys, and comes back with the link', async () => {
    const { x, y, width, height } = (await viewer.page.locator('.swipe-handle').boundingBox()) ?? {
      x: 0,
      y: 0,
      width: 0,
      height: 0,
    };
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(44);
    const [fromX, fromY] = [x + width / 2, y + height / 2];
    const clipped = () =>
      viewer.page.locator('.second-map').evaluate((map) => getComputedStyle(map).clipPath);
    const start = await clipped();
    const by = desk ? 120 : -60;
    if (desk) {
      await viewer.page.mouse.move(fromX, fromY);
      await viewer.page.mouse.down();
      await viewer.page.mouse.move(fromX + by, fromY, { steps: 5 });
      await viewer.page.mouse.up();
    } else {
      await touch(viewer.page, [fromX, fromY], [fromX + by, fromY]);
    }
    await expect.poll(clipped).not.toBe(start);
    const free = desk ? size.width - 332 : size.width;
    const moved = Math.round(50 + (100 * by) / free);
    expect(Math.abs((await at()) - moved)).toBeLessThanOrEqual(1);
    const stopped = await at();
    expect(viewer.page.url()).toContain(`swipe=today,${stopped}`);
    await divider().focus();
    await viewer.page.keyboard.press('ArrowRight');
    expect(await at()).toBe(stopped + 2);
    await viewer.page.keyboard.press('Shift+ArrowLeft');
    expect(await at()).toBe(stopped - 8);
    await viewer.page.keyboard.press('Home');
    expect(await at()).toBe(0);
    await viewer.page.keyboard.press('End');
    expect(await at()).toBe(100);
    const { pathname, search, hash } = new URL(viewer.page.url());
    expect(search).toContain('swipe=today,100');
    await viewer.go(pathname + search + hash);
    await side('right', 'today').waitFor();
    expect(await at()).toBe(100);
  });

  test.runIf(desk)(
    'a second map that does not open leaves the first one as it is, and may be tried again',
    async () => {
      await viewer.visit(`/?lang=${lang}&datetime=${before}${view}`);
      await viewer.page.route('**/styles/light.json', (route) => route.abort());
      await viewer.page.keyboard.press('c');
      const said = viewer.page.locator('[data-side="right"] [role="alert"]');
      await said.waitFor();
      expect(await said.textContent()).toContain(texts.swipe.failed);
      const { box } = await viewer.inView();
      await expect.poll(() => numberOf('left', before)).toBe(await counted(box, before));
      await viewer.page.unroute('**/styles/light.json');
      await said.locator('.button').click();
      await side('right', 'today').waitFor();
      // The browser itself complains of what was cut off.
      viewer.faults.length = 0;
    },
  );

  test('Escape and the button end it, and the key C begins it', async () => {
    await viewer.page.keyboard.press('Escape');
    await viewer.page.locator('.swipe').waitFor({ state: 'detached' });
    expect(viewer.page.url()).not.toContain('swipe=');
    expect(await viewer.page.locator('.second-map').count()).toBe(0);
    await viewer.page.keyboard.press('c');
    await side('right', 'today').waitFor();
    await viewer.page.locator('.swipe-close').click();
    await viewer.page.locator('.swipe').waitFor({ state: 'detached' });
    await viewer.visit(`/?lang=${lang}&timeline=year${view}`);
    const button = viewer.page.locator('.timeline .compare-button');
    expect(await button.getAttribute('aria-label')).toBe(texts.swipe.open);
    await button.click();
    await side('left', plusDays(today, -365)).waitFor();
    expect(viewer.page.url()).toContain('swipe=today,50');
  });
});

/** Moves a finger from one point to another. */
async function touch(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: [number, number][]) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y]) => ({ x, y })) });
  await send('touchStart', [from]);
  for (let i = 1; i <= 5; i++) {
    await send('touchMove', [[from[0] + ((to[0] - from[0]) * i) / 5, from[1] + ((to[1] - from[1]) * i) / 5]]);
  }
  await send('touchEnd', []);
  await session.detach();
}
