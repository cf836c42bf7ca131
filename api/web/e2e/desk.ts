import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { en } from '../src/console/i18n/en';
import { zh } from '../src/console/i18n/zh';
import { address, browserOfFile, pixels, type Size, sizes } from './browser';

const out = process.env.JINGWEI_OUT ?? join(import.meta.dirname, '../../../testdata/out');
const texts = { zh, en };
export type Language = keyof typeof texts;

/** The screen and the language that the test is for. */
export function asked(): { size: Size; language: Language } {
  const { JINGWEI_SIZE = 'phone', JINGWEI_LANGUAGE = 'zh' } = process.env;
  const size = sizes.find(({ name }) => name === JINGWEI_SIZE);
  if (!size) throw new Error('JINGWEI_SIZE is neither phone nor desktop');
  return { size, language: JINGWEI_LANGUAGE === 'en' ? 'en' : 'zh' };
}

/**
 * Opens a browser, which the function returns, to as many people as `take` takes, for all tests of a file. After them nothing
 * may have gone wrong in any.
 */
export function desksOfFile(take: (...desks: Desk[]) => void): () => Browser {
  const { size, language } = asked();
  const browser = browserOfFile();
  let desks: Desk[] = [];
  beforeAll(async () => {
    desks = await Promise.all(
      Array.from({ length: take.length }, () => Desk.open(browser(), size, language)),
    );
    take(...desks);
  });
  afterAll(async () => {
    const faults = await Promise.all(desks.map((desk) => desk.close()));
    expect(faults.flat()).toEqual([]);
  });
  return browser;
}

/** Nothing keeps people out, and on a phone nothing is too small for a finger. */
export async function expectUsable(desk: Desk): Promise<void> {
  await expect.poll(() => desk.moving()).toEqual([]);
  expect(await desk.violations()).toEqual([]);
  if (desk.narrow) expect(await desk.small()).toEqual([]);
}

/** A person at a browser of their own, and what went wrong in it so far. */
export class Desk {
  readonly faults: string[] = [];
  readonly #allowed: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly size: Size,
    readonly language: Language,
  ) {
    page.on('console', (message) => {
      // The browser reports each refusal once more in a line of its own; they are listed as answers.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        this.faults.push(`console: ${message.text()}`);
      }
    });
    page.on('pageerror', (error) => this.faults.push(`page: ${error.message}`));
    page.on('request', (request) => {
      const url = request.url();
      if (/^https?:/.test(url) && new URL(url).origin !== address) this.faults.push(`foreign: ${url}`);
    });
    page.on('response', (response) => {
      const said = `${response.status()} ${response.request().method()} ${new URL(response.url()).pathname}`;
      const known = this.#allowed.indexOf(said);
      if (known >= 0) this.#allowed.splice(known, 1);
      else if (response.status() >= 400) this.faults.push(said);
    });
  }

  /** One more page of the same person. */
  async another(): Promise<Desk> {
    return Desk.#watch(this.context, this.size, this.language);
  }

  static async open(browser: Browser, size: Size, language: Language): Promise<Desk> {
    const context = await browser.newContext({
      viewport: { width: size.width, height: size.height },
      deviceScaleFactor: pixels,
      locale: language === 'zh' ? 'zh-CN' : 'en-GB',
      timezoneId: 'Asia/Shanghai',
      hasTouch: size.width < 720,
    });
    return Desk.#watch(context, size, language);
  }

  static async #watch(context: BrowserContext, size: Size, language: Language): Promise<Desk> {
    const page = await context.newPage();
    const desk = new Desk(context, page, size, language);
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) =>
        console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`),
      );
    });
    return desk;
  }

  get texts(): typeof zh {
    return texts[this.language];
  }

  get narrow(): boolean {
    return this.size.width < 720;
  }

  /** A refusal that is part of the story, such as "401 POST /api/session": it is no fault, once. */
  allow(answer: string): void {
    this.#allowed.push(answer);
  }

  async close(): Promise<string[]> {
    await this.context.close();
    return this.faults;
  }

  /** Opens an address of the console, a one-time link among them, as if it were typed. */
  async go(link: string): Promise<void> {
    const url = new URL(link, address);
    await this.page.goto('about:blank');
    await this.page.goto(`${url.origin}${url.pathname}?lang=${this.language}${url.hash}`);
  }

  field(label: string): Locator {
    return this.page.getByLabel(label, { exact: true });
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** Waits for the page with a title. */
  async titled(title: string): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
  }

  async signIn(name: string, password: string): Promise<void> {
    await this.field(this.texts.signIn.name).fill(name);
    await this.field(this.texts.signIn.password).fill(password);
    await this.page.keyboard.press('Enter');
  }

  async choosePassword(password: string): Promise<void> {
    await this.field(this.texts.password.new).fill(password);
    await this.field(this.texts.password.repeat).fill(password);
    await this.page.keyboard.press('Enter');
  }

  /** Goes to a page by its link, as a person does. */
  async turnTo(
    page: 'accounts' | 'tasks' | 'organizations' | 'audit' | 'me' | 'sessions' | 'tokens',
  ): Promise<void> {
    await this.page.locator(`.pages a[href="#/${page}"]`).click();
    await this.titled(this.texts.nav[page]);
  }

  /** Closes the drawer that is open, and waits until it is gone. */
  async closeDrawer(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.page.locator('.ant-drawer-content-wrapper').waitFor({ state: 'detached' });
  }

  /** Opens an account from the list. */
  async openAccount(shownAs: string): Promise<void> {
    await this.turnTo('accounts');
    await this.page.locator('.listing a', { hasText: shownAs }).click();
    await this.page.locator('.account h2', { hasText: shownAs }).waitFor();
  }

  /** What is shown this one time: a link or a token. */
  async shownOnce(): Promise<string> {
    return this.page.locator('.once input').inputValue();
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(out, { recursive: true });
    await this.page.screenshot({ path: join(out, `console-${this.size.name}-${this.language}-${name}.png`) });
  }

  /** What moves: colours in between are nobody's choice. */
  async moving(): Promise<string[]> {
    return this.page.evaluate(() => {
      const endless = (one: Animation) => one.effect?.getTiming().iterations === Number.POSITIVE_INFINITY;
      const running = document.getAnimations().filter((one) => one.playState === 'running' && !endless(one));
      const targets = running.map((one) => one.effect instanceof KeyframeEffect && one.effect.target);
      // A button's sign of being busy that came and went at once keeps its class, and is not seen.
      const coming = document.querySelectorAll(
        ':is([class*="-appear"], [class*="-enter"], [class*="-leave"]):not(.ant-btn-loading-icon)',
      );
      return [...targets, ...coming].map((one) =>
        one instanceof Element ? one.outerHTML.slice(0, 200) : '',
      );
    });
  }

  /** Violations of WCAG that axe finds serious or critical, in words. */
  async violations(): Promise<string[]> {
    const script = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
    await this.page.evaluate(readFileSync(script, 'utf8'));
    return this.page.evaluate(async () => {
      const { axe } = window as unknown as { axe: typeof import('axe-core') };
      const { violations } = await axe.run(document, { resultTypes: ['violations'] });
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
    });
  }

  /** Controls in sight that a finger cannot hit: lower than 44 pixels. Links within a text may be. */
  async small(): Promise<string[]> {
    return this.page.evaluate(() => {
      const open =
        [...document.querySelectorAll('.ant-drawer-content-wrapper, .ant-modal')].at(-1) ?? document;
      const controls = open.querySelectorAll('button, a[href], select, summary, input:not(.visually-hidden)');
      return [...controls]
        .filter((control) => control.checkVisibility() && !control.closest('label'))
        .filter((control) => Math.round(control.getBoundingClientRect().height) < 44)
        .map((control) => control.outerHTML.slice(0, 120));
    });
  }
}
