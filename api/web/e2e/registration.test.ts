import { appendFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { organizationsEn } from '../src/console/i18n/organizationsEn';
import { organizationsZh } from '../src/console/i18n/organizationsZh';
import { asked, type Desk, desksOfFile, expectUsable } from './desk';

// One story, told in order. See README.md for what it starts from.

const { JINGWEI_INVITATION: invitation, JINGWEI_PASTE: paste, JINGWEI_ANSWERS: answers } = process.env;
if (!invitation || !paste || !answers) throw new Error('see e2e/README.md for what this test needs');
const { language, size } = asked();
const texts = { zh: organizationsZh, en: organizationsEn }[language];

/** Opened to registered, by somebody with one subtree and a coordinate to paste. */
const mostInteractions = 5;
const first = '柳浪新村村民委员会';
const second = '柳浪二村村民委员会';
const third = '柳浪三村村民委员会';

let desk: Desk;
desksOfFile((opened) => {
  desk = opened;
});

/** Tells the test in Go what was registered. */
function tell(page: Page, name: string): void {
  const id = Number(page.url().match(/#\/organizations\/(\d+)/)?.[1]);
  appendFileSync(answers ?? '', `${JSON.stringify({ id, name, paste })}\n`);
}

/** A press on a map or a button, typing into a field, a paste: all that a person does is counted. */
class Person {
  done = 0;

  constructor(private readonly page: Page) {}

  async type(label: string, text: string): Promise<void> {
    this.done++;
    await this.page.getByLabel(label, { exact: true }).fill(text);
  }

  async paste(label: string, text: string): Promise<void> {
    this.done++;
    await this.page.getByLabel(label, { exact: true }).focus();
    await this.page.keyboard.insertText(text);
  }

  async press(selector: string, text: string): Promise<void> {
    this.done++;
    await this.page.locator(selector, { hasText: text }).click();
  }
}

const focused = (field: Locator) =>
  expect.poll(() => field.evaluate((input) => input === document.activeElement)).toBe(true);
const kept = (page: Page) => page.locator('.registration-state');

describe(`registration at ${size.width} x ${size.height} in ${language}`, () => {
  test('an organization is registered from a pasted pair of AMap in five interactions', async () => {
    const { page } = desk;
    await desk.go(invitation);
    await desk.choosePassword('seven old trees by the pond');
    await desk.page.locator('.pages').waitFor();
    await desk.turnTo('organizations');
    await page.getByRole('link', { name: texts.form.new, exact: true }).click();
    await page.locator('.registration').waitFor();

    const person = new Person(page);
    await person.type(texts.field.name, first);
    await person.paste(texts.place.label, paste);
    // Nobody said in which system these numbers are, and nothing is chosen silently.
    await page.locator('.place-read.unsure').waitFor();
    expect(await page.locator('.chip[aria-pressed="true"]').count()).toBe(0);
    await expectUsable(desk);
    await desk.screenshot('which-system');
    await person.press('.chip', texts.system.gcj02);
    await page.locator('.chip[aria-pressed="true"]', { hasText: texts.system.gcj02 }).waitFor();
    expect(await page.getByLabel(texts.field.kind, { exact: true }).inputValue()).toBe('village_committee');
    await page.waitForFunction(() => window.jingweiMap?.isStyleLoaded());
    await expectUsable(desk);
    await desk.screenshot('registration');
    await person.press('.registration-send button', texts.form.send);
    await page.locator('.registry-head h2', { hasText: first }).waitFor();
    expect(person.done).toBeLessThanOrEqual(mostInteractions);
    await page.locator('.facts', { hasText: '柳浪' }).first().waitFor();
    tell(page, first);
    await page.locator('.place-map canvas').waitFor();
    await expectUsable(desk);
    await desk.screenshot('organization');
  });

  test('the place is that of the text that stands in its field, and no other', async () => {
    const { page } = desk;
    const elsewhere = '120.010203,30.010203';
    await desk.go('/console#/organizations/new');
    const name = page.getByLabel(texts.field.name, { exact: true });
    await name.waitFor();
    await focused(name);
    await name.fill(third);
    const place = page.getByLabel(texts.place.label, { exact: true });
    const fault = page.locator('.field-error');
    const send = page.locator('.registration-send button', { hasText: texts.form.send });
    const registered: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') registered.push(request.url());
    });
    // The system that was chosen for the first one is chosen here.
    await place.fill(elsewhere);
    const system = page.locator('.chip[aria-pressed="true"]', { hasText: texts.system.gcj02 });
    await system.waitFor();
    await place.fill('120.010203,30.010204');
    await system.waitFor();
    for (let i = 0; i < 4; i++) desk.allow('400 GET /api/coordinates');
    for (const [text, why] of [
      ['abc什么都不是', texts.place.unchosen],
      ['40,200', texts.place.unchosen],
      ['杭州市西湖区北山街道84号', texts.place.unchosen],
      ['https://surl.amap.com/1a2b3c', texts.place.link],
      ['', texts.form.placeMissing],
    ] as const) {
      await place.fill(elsewhere);
      await system.waitFor();
      await place.fill(text);
      await send.click();
      await fault.filter({ hasText: why }).waitFor();
      await focused(place);
    }
    await desk.screenshot('no-place');

    // An area by its corners, without a pointer; the place does not lie in it.
    await page.locator('.more-fields > summary').click();
    await page.getByRole('button', { name: texts.area.corners, exact: true }).click();
    const corners = ['120.5,30.2', '120.51,30.2', '120.51,30.21', '120.5,30.2'].join('\n');
    await page.locator('.corners textarea').fill(corners);
    await page.locator('.corners button').click();
    await page.getByRole('button', { name: texts.area.clear, exact: true }).waitFor();
    await place.fill(elsewhere);
    await page.locator('.notice', { hasText: texts.area.beyond }).waitFor();
    await expectUsable(desk);
    await desk.screenshot('beyond-area');
    await page.getByRole('button', { name: texts.area.clear, exact: true }).click();
    await page.locator('.notice', { hasText: texts.area.beyond }).waitFor({ state: 'detached' });

    // Drawing goes to the map, which says what to do.
    const map = page.locator('.form-map');
    const canvas = map.locator('canvas').first();
    await page.getByRole('button', { name: texts.area.draw, exact: true }).click();
    const hint = map.locator('.place-map-hint', { hasText: texts.area.hint });
    await hint.waitFor();
    await expect
      .poll(() => hint.evaluate((element) => element.getBoundingClientRect().top))
      .toBeLessThan(size.height - 200);
    await desk.screenshot('drawing');
    await page.getByRole('button', { name: texts.area.stop, exact: true }).click();

    // A press from far away comes nearer, and asks for another one.
    await map.locator('.place-map-hint', { hasText: texts.place.press }).waitFor();
    await page.waitForTimeout(600);
    await page.evaluate(() => window.jingweiMap?.jumpTo({ zoom: 7 }));
    await canvas.click({ position: { x: 150, y: 150 } });
    await map.locator('.place-map-hint', { hasText: texts.place.closer }).waitFor();
    await expect.poll(() => page.evaluate(() => window.jingweiMap?.getZoom())).toBeGreaterThan(10);
    await desk.screenshot('closer');

    // Sides that cross are told at once, and what the server refuses is said in the language of the page.
    const bow = ['120.5,30.2', '120.51,30.21', '120.51,30.2', '120.5,30.21'].join('\n');
    await page.locator('.corners textarea').fill(bow);
    await page.locator('.corners button').click();
    const crossing = texts.area.crosses.replace(
      /\{\{(.)}}/g,
      (_, corner: string) => `${'_abcd'.indexOf(corner)}`,
    );
    await fault.filter({ hasText: crossing }).waitFor();
    desk.allow('400 POST /api/organizations');
    await send.click();
    const refusal = page.locator('.refusal', { hasText: texts.fault.jurisdiction });
    await refusal.waitFor();
    if (language === 'zh') expect(await refusal.innerText()).not.toMatch(/[a-z]{3}/);
    await desk.screenshot('refused');
    expect(registered.splice(0)).toHaveLength(1);
    await page.getByRole('button', { name: texts.area.clear, exact: true }).click();

    // A code with a slip keeps the form, and is shown.
    const uscc = page.getByLabel(texts.field.uscc, { exact: true });
    await uscc.fill('91350100M000100Y44');
    await send.click();
    await fault.filter({ hasText: texts.form.uscc.check }).waitFor();
    await focused(uscc);
    await uscc.fill('');
    expect(await uscc.isVisible()).toBe(true);
    expect(registered).toEqual([]);

    await place.fill(paste);
    await place.press('Enter');
    await page.locator('.registry-head h2', { hasText: third }).waitFor();
    await page.locator('.undo', { hasText: third }).waitFor();
    expect(registered).toHaveLength(1);
    tell(page, third);
  });

  test('the tab is killed in the middle of a form, which is there again', async () => {
    const { context } = desk;
    const killed = await context.newPage();
    await killed.goto(desk.page.url().replace(/#.*/, '#/organizations/new'));
    const person = new Person(killed);
    await person.type(texts.field.name, second);
    await person.paste(texts.place.label, paste);
    await kept(killed).waitFor();
    await killed.locator('.chip[aria-pressed="true"]', { hasText: texts.system.gcj02 }).waitFor();
    const crashed = killed.waitForEvent('crash');
    const devtools = await context.newCDPSession(killed);
    void devtools.send('Page.crash').catch(() => {});
    await crashed;

    const { page } = desk;
    await desk.go('/console#/organizations');
    const draft = page.locator('.drafts li', { hasText: second });
    await draft.waitFor();
    await expectUsable(desk);
    await desk.screenshot('drafts');
    await draft.locator('a').click();
    await page.locator('.registration').waitFor();
    expect(await page.getByLabel(texts.field.name, { exact: true }).inputValue()).toBe(second);
    expect(await page.getByLabel(texts.place.label, { exact: true }).inputValue()).toBe(paste);
    await page.locator('.chip[aria-pressed="true"]', { hasText: texts.system.gcj02 }).waitFor();
  });

  test('the answer is lost, and nothing is registered twice', async () => {
    const { page } = desk;
    let requests = 0;
    await page.route('**/api/organizations', async (route) => {
      requests++;
      await route.fetch();
      await route.abort('connectionreset');
    });
    await page.locator('.registration-send button', { hasText: texts.form.send }).click();
    await page.locator('.notice', { hasText: texts.draft.waitingText }).waitFor();
    await desk.screenshot('waiting');
    await page.unroute('**/api/organizations');
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await page.locator('.registry-head h2', { hasText: second }).waitFor();
    expect(requests).toBe(1);
    tell(page, second);
  });

  test('it is altered, and what somebody else did meanwhile is not overwritten', async () => {
    const { page } = desk;
    await page.getByRole('tab', { name: texts.tab.edit, exact: true }).click();
    await page.locator('.more-fields summary').click();
    // What is found for a division is there for the keyboard too.
    const found = page.locator('.place-hits button');
    await page.getByLabel(texts.field.division, { exact: true }).fill('西湖');
    await found.first().waitFor();
    await page.keyboard.press('Tab');
    await page.waitForTimeout(400);
    expect(await found.first().evaluate((button) => button === document.activeElement)).toBe(true);
    await page.getByLabel(texts.field.phone, { exact: true }).fill('0571-87654321');
    await expect.poll(() => found.count()).toBe(0);
    await kept(page).waitFor();
    const id = page.url().match(/#\/organizations\/(\d+)/)?.[1];
    const other = `/api/organizations/${id}`;
    desk.allow(`412 PUT ${other}`);
    await page.evaluate(async (path) => {
      const { csrf_token } = await (await fetch('/api/session')).json();
      const { version, id, jurisdiction, valid_from, valid_to, location_state, location, ...rest } = await (
        await fetch(`${path}?edition=internal`)
      ).json();
      const body = JSON.stringify({
        ...rest,
        location,
        location_crs: 'EPSG:4326',
        address: '他人填写的地址',
      });
      const headers = {
        'Content-Type': 'application/json',
        'X-CSRF-Token': csrf_token,
        'If-Match': `"${version}"`,
      };
      const answer = await fetch(path, { method: 'PUT', headers, body });
      if (!answer.ok) throw new Error(await answer.text());
    }, other);
    await page.locator('.registration-send button', { hasText: texts.form.save }).click();
    await page.locator('.notice.alarm', { hasText: texts.form.changed }).waitFor();
    expect(await page.getByLabel(texts.field.phone, { exact: true }).inputValue()).toBe('0571-87654321');
    await expectUsable(desk);
    await desk.screenshot('overtaken');
    await page.getByRole('button', { name: texts.form.mine, exact: true }).click();
    await page.locator('.overview', { hasText: '0571-87654321' }).waitFor();
  });

  test('a photo of the door plate is added, removed and brought back', async () => {
    const { page } = desk;
    const png = await page.evaluate(() => {
      const canvas = document.createElement('canvas');
      canvas.width = 2400;
      canvas.height = 1200;
      const context = canvas.getContext('2d');
      context?.fillRect(0, 0, 1200, 600);
      return canvas.toDataURL('image/png').replace(/^.*,/, '');
    });
    const file = { name: 'plate.png', mimeType: 'image/png', buffer: Buffer.from(png, 'base64') };
    await page.locator('.photos input[type="file"]').setInputFiles(file);
    const shown = page.locator('.photos img');
    await shown.waitFor();
    await expect.poll(() => shown.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(1600);
    await expectUsable(desk);
    await page.locator('.photos').scrollIntoViewIfNeeded();
    await desk.screenshot('photo');
    await page.locator('.photo-remove').click();
    await shown.waitFor({ state: 'detached' });
    await page.locator('.undo button', { hasText: desk.texts.undo.button }).click();
    await shown.waitFor();
  });
});
