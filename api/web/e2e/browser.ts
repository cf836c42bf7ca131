import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launch } from '../scripts/chromium.mjs';
import type { Box } from '../src/map/tiles';

export const address = process.env.JINGWEI_URL ?? 'http://127.0.0.1:8080';
const out = process.env.JINGWEI_OUT ?? join(import.meta.dirname, '../../../testdata/out');

/** Starts one browser for all tests of a file, and ends it after them; the function returns it while they run. */
export function browserOfFile(): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => {
    await browser?.close();
  });
  return () => {
    if (!browser) throw new Error('the browser runs while tests do');
    return browser;
  };
}

/** Pixels that are drawn for one of the page, along each side: without a graphics card half of them are a quarter of the work. */
export const pixels = Number(process.env.JINGWEI_PIXELS ?? 0.5);

export interface Size {
  name: string;
  width: number;
  height: number;
}

export const sizes: Size[] = [
  { name: 'desktop', width: 1440, height: 900 },
  { name: 'phone', width: 390, height: 844 },
];

/** One of the sizes, or all of them when JINGWEI_ALL_SIZES is set: what takes long is tried at the one where it is harder. */
export function mostly(name: 'desktop' | 'phone'): Size[] {
  return sizes.filter((size) => process.env.JINGWEI_ALL_SIZES || size.name === name);
}

/** A page with the viewer in it, and what went wrong in it so far. */
export class Viewer {
  readonly faults: string[] = [];

  private constructor(
    readonly page: Page,
    readonly size: Size,
  ) {
    page.on('console', (message) => {
      if (message.type() === 'error') this.faults.push(`console: ${message.text()}`);
    });
    page.on('pageerror', (error) => this.faults.push(`page: ${error.message}`));
    page.on('request', (request) => {
      const url = request.url();
      if (/^https?:/.test(url) && new URL(url).origin !== address) this.faults.push(`foreign: ${url}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 400) this.faults.push(`${response.status()}: ${response.url()}`);
    });
  }

  static async open(browser: Browser, size: Size, path = '/'): Promise<Viewer> {
    const context = await browser.newContext({
      viewport: { width: size.width, height: size.height },
      deviceScaleFactor: pixels,
      locale: 'zh-CN',
      // A desk's map is five times as many pixels, each drawn without a graphics card: there it jumps where a phone's flies.
      reducedMotion: size.width < 720 ? 'no-preference' : 'reduce',
      hasTouch: size.width < 720,
    });
    const viewer = new Viewer(await context.newPage(), size);
    await viewer.go(path);
    return viewer;
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  async go(path: string): Promise<void> {
    await this.page.goto(address + path);
    await this.page.waitForFunction(() => window.jingweiMap !== undefined);
    await this.rest();
  }

  /** Goes to another state as Back and Forward do, without loading the page anew. */
  async visit(path: string): Promise<void> {
    await this.page.evaluate((path) => {
      window.history.pushState(null, '', path);
      window.dispatchEvent(new PopStateEvent('popstate'));
    }, path);
    await this.frames();
    await this.rest();
  }

  /** Waits until the map has nothing more to load, move or fade, and the list has caught up with it. */
  async rest(): Promise<void> {
    await this.page.waitForFunction(() => {
      const map = window.jingweiMap;
      const count = document.querySelector<HTMLElement>('[data-in-view]');
      if (!map || map.isMoving() || !map.loaded() || !map.areTilesLoaded()) return false;
      return count === null || count.dataset.fresh === 'true';
    });
    await this.frames();
  }

  /** Two frames: what the last answer changed is drawn and listened to. */
  private async frames(): Promise<void> {
    await this.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null)))),
    );
  }

  async jump(lng: number, lat: number, zoom: number): Promise<void> {
    await this.page.evaluate(
      async ([lng, lat, zoom]) => {
        const map = window.jingweiMap;
        if (!map) throw new Error('there is no map');
        const idle = new Promise((done) => map.once('idle', done));
        map.jumpTo({ center: [lng, lat], zoom });
        await idle;
      },
      [lng, lat, zoom] as const,
    );
    await this.rest();
  }

  /** Points of the loaded tiles of the present zoom: sums per tile, keyed z/x/y; of a source with tiles of a layer. */
  async sums(
    source = 'organizations',
    sourceLayer = 'organizations',
  ): Promise<{ zoom: number; tiles: [string, number][]; clusters: number }> {
    return this.page.evaluate(
      ([source, sourceLayer]) => {
        const map = window.jingweiMap;
        if (!map) throw new Error('there is no map');
        const zoom = Math.min(18, Math.floor(map.getZoom()));
        const sums = new Map<string, number>();
        for (const id of map.coveringTiles({ tileSize: 512, minzoom: 0, maxzoom: 18 })) {
          const { z, x, y } = id.canonical;
          sums.set(`${z}/${x}/${y}`, 0);
        }
        let clusters = 0;
        for (const feature of map.querySourceFeatures(source, { sourceLayer })) {
          const { z, x, y } = (feature as unknown as { tile: { z: number; x: number; y: number } }).tile;
          const key = `${z}/${x}/${y}`;
          const count = Number(feature.properties.point_count ?? 1);
          if (count > 1) clusters++;
          if (sums.has(key)) sums.set(key, (sums.get(key) ?? 0) + count);
        }
        return { zoom, tiles: [...sums], clusters };
      },
      [source, sourceLayer] as const,
    );
  }

  /** What is drawn: clusters and single organizations with their place on the screen. */
  async drawn(): Promise<Drawn[]> {
    return this.page.evaluate(() => {
      const map = window.jingweiMap;
      if (!map) throw new Error('there is no map');
      const layers = map
        .getStyle()
        .layers.map((layer) => layer.id)
        .filter((id) => id.startsWith('organization-') && id !== 'organization-labels');
      const canvas = map.getCanvas().getBoundingClientRect();
      return map.queryRenderedFeatures({ layers }).map((feature) => {
        const [lng = 0, lat = 0] = (feature.geometry as GeoJSON.Point).coordinates;
        const at = map.project([lng, lat]);
        return {
          id: feature.id === undefined ? null : Number(feature.id),
          name: (feature.properties.name as string | undefined) ?? '',
          count: Number(feature.properties.point_count ?? 1),
          expansion: (feature.properties.expansion_zoom as number | undefined) ?? null,
          x: at.x + canvas.left,
          y: at.y + canvas.top,
        };
      });
    });
  }

  /** The number of organizations in view as the page says it, and the box it is about. */
  async inView(): Promise<{ count: number; box: Box }> {
    await this.rest();
    const count = this.page.locator('[data-in-view]');
    const box = (await count.getAttribute('data-box'))?.split(',').map(Number) ?? [];
    const rounded = box.map((v) => Number(v.toFixed(7)));
    return {
      count: Number(await count.getAttribute('data-in-view')),
      box: rounded as unknown as Box,
    };
  }

  /** Clicks or taps the map. */
  async hit(x: number, y: number): Promise<void> {
    if (this.size.width < 720) await this.page.touchscreen.tap(x, y);
    else await this.page.mouse.click(x, y);
  }

  /** Opens the sheet of a phone as far as wanted; a desk's panel is always open. */
  async raise(height: 'low' | 'middle' | 'high'): Promise<void> {
    if (this.size.width >= 720) return;
    const heights = ['low', 'middle', 'high'];
    for (let i = 0; i < 3; i++) {
      const now = heights.indexOf((await this.page.locator('.sheet').getAttribute('data-height')) ?? 'low');
      const wanted = heights.indexOf(height);
      if (now === wanted) break;
      await this.page
        .locator('.sheet-head button')
        .nth(now < wanted ? 1 : 0)
        .click();
    }
    await this.rest();
  }

  /** Those of the others that one covers, in part or whole, or that it is covered by. All must be there. */
  async touching(one: string, others: readonly string[]): Promise<string[]> {
    const boxOf = async (selector: string) => {
      const box = await this.page.locator(selector).first().boundingBox();
      if (!box) throw new Error(`there is no ${selector}`);
      return box;
    };
    const a = await boxOf(one);
    const touching: string[] = [];
    for (const other of others) {
      const b = await boxOf(other);
      const beside = a.x >= b.x + b.width || b.x >= a.x + a.width;
      const above = a.y >= b.y + b.height || b.y >= a.y + a.height;
      if (!beside && !above) touching.push(other);
    }
    return touching;
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(out, { recursive: true });
    await this.page.screenshot({ path: join(out, `${this.size.name}-${name}.png`) });
  }

  /** Violations of WCAG that axe finds serious or critical, in words. */
  async violations(): Promise<string[]> {
    const script = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
    // Through the debugger: the page's own rules allow no script but the server's.
    const { readFileSync } = await import('node:fs');
    await this.page.evaluate(readFileSync(script, 'utf8'));
    return this.page.evaluate(async () => {
      const { axe } = window as unknown as { axe: typeof import('axe-core') };
      const { violations } = await axe.run(document, { resultTypes: ['violations'] });
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
    });
  }
}

export interface Drawn {
  id: number | null;
  name: string;
  count: number;
  expansion: number | null;
  x: number;
  y: number;
}
