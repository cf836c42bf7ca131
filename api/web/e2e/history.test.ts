import { writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { historyEn } from '../src/console/i18n/historyEn';
import { historyZh } from '../src/console/i18n/historyZh';
import { organizationsEn } from '../src/console/i18n/organizationsEn';
import { organizationsZh } from '../src/console/i18n/organizationsZh';
import { asked, type Desk, desksOfFile, expectUsable } from './desk';

// One story, told in order, of two pages before the same organization. What they leave is compared with SQL by whoever
// started the test (cmd/jingwei/history_test.go): the file JINGWEI_ANSWERS tells what the page showed.

const {
  JINGWEI_FIRST: first,
  JINGWEI_ORGANIZATION: id,
  JINGWEI_SECOND: second,
  JINGWEI_ANSWERS: answers,
} = process.env;
if (!first || !id || !second || !answers)
  throw new Error('see cmd/jingwei/history_test.go for what the test needs');
const { language, size } = asked();
const t = language === 'zh' ? historyZh : historyEn;
const words = language === 'zh' ? organizationsZh : organizationsEn;

let one: Desk;
let other: Desk;
desksOfFile((opened) => {
  one = opened;
});
afterAll(() => expect(other?.faults).toEqual([]));

const tab = (organization: string) => `/console#/organizations/${organization}?tab=history`;

async function rename(desk: Desk, name: string, short: string): Promise<void> {
  await desk.button(t.actions.rename).click();
  await desk.field(t.rename.name).fill(name);
  if (short !== '') await desk.field(t.rename.short).fill(short);
}

async function send(desk: Desk, text: string): Promise<void> {
  await desk.page.locator('.ant-modal-footer .ant-btn-primary', { hasText: text }).last().click();
}

/** A form that begins with what the page still holds does not write over what has come meanwhile, though the page reads it. */
async function overtaken(late: Desk, name: string): Promise<void> {
  const { page } = late;
  // What is held is old by now.
  await page.clock.setFixedTime(Date.now() + 60_000);
  await page.evaluate((id) => window.location.assign(`#/organizations/${id}?tab=edit`), id);
  await page.locator('.registry-head h2', { hasText: name }).waitFor();
  await page.locator('.more-fields summary').click();
  await late.field(words.field.phone).fill('0571-12345678');
  late.allow(`412 PUT /api/organizations/${id}`);
  await page.locator('.registration-send .ant-btn-primary').click();
  await page.locator('.notice.alarm', { hasText: words.form.changed }).waitFor();
  await late.go('/console#/organizations');
  await page.locator('.drafts .square').click();
  await page.locator('.drafts').waitFor({ state: 'detached' });
  await page.close();
  expect(late.faults).toEqual([]);
}

test(`two pages change one organization at ${size.name} in ${language}`, async () => {
  await one.go(first);
  await one.field(one.texts.account.name).fill('provincial.office');
  await one.field(one.texts.account.shownAs).fill('省社会工作部');
  await one.choosePassword('seven old trees by the pond');
  await one.page.locator('.pages').waitFor();
  other = await one.another();
  await Promise.all([one.go(tab(id)), other.go(tab(id))]);
  await one.page.locator('.write[data-version="1"]').waitFor();
  await one.screenshot('history');
  const late = await one.another();
  await late.go(`/console#/organizations/${id}?tab=edit`);
  await late.page.locator('.registration').waitFor();
  await late.turnTo('tasks');

  // Both change the name; only the other one gives a short name.
  await rename(one, '柳塘社区居民委员会', '');
  await rename(other, '柳塘新村村民委员会', '柳新');
  await one.screenshot('history-rename');
  await send(one, t.rename.send);
  await one.page.locator('.write[data-version="2"]').waitFor();
  await overtaken(late, '柳塘社区居民委员会');
  other.allow(`412 PUT /api/organizations/${id}`);
  await send(other, t.rename.send);
  const field = other.page.locator('.conflict-field[data-field="name"]');
  await field.waitFor();
  expect(await field.textContent()).toContain('柳塘社区居民委员会');
  expect(await other.page.locator('.conflict-auto [data-field="short_name"]').textContent()).toContain(
    '柳新',
  );
  await expectUsable(other);
  await other.screenshot('history-conflict');
  await field.getByRole('radio').nth(1).check();
  await send(other, t.conflict.send);
  await other.page.locator('.write[data-version="3"]').waitFor();
  await other.page.locator('h2', { hasText: '柳塘社区居民委员会' }).waitFor();

  // A form is overtaken by a name; what does not touch is put together by itself.
  await other.page.locator('a[role="tab"][href*="tab=edit"]').click();
  await other.page.locator('.more-fields summary').click();
  await other.field(words.field.phone).fill('0571-87654321');
  await one.page.reload();
  await one.page.locator('.write[data-version="3"]').waitFor();
  await rename(one, '柳塘新社区居民委员会', '');
  await send(one, t.rename.send);
  await one.page.locator('.write[data-version="4"]').waitFor();
  other.allow(`412 PUT /api/organizations/${id}`);
  await other.page.locator('.registration-send .ant-btn-primary').click();
  await other.button(t.conflict.open).click();
  const automatic = other.page.locator('.conflict-auto');
  await automatic.locator('[data-field="phone"]').waitFor();
  expect(await automatic.locator('[data-field="name"]').textContent()).toContain('柳塘新社区居民委员会');
  await other.screenshot('history-form-conflict');
  await send(other, t.conflict.send);
  await other.page.locator('a[href="tel:0571-87654321"]').waitFor();
  await other.go(tab(id));

  // The first version comes back, and stays.
  await other.page
    .locator('.write[data-version="1"]')
    .getByRole('button', { name: t.restore, exact: true })
    .click();
  await other.page.locator('.write[data-version="6"]').waitFor();
  await other.page.locator('h2', { hasText: '柳塘试点村民委员会' }).waitFor();
  await other.screenshot('history-restored');

  // Another organization goes into it, and comes back.
  await one.go(tab(second));
  await one.button(t.actions.merge).click();
  await one.page.locator('.ant-modal .choice').click();
  await one.page.locator('.drawer input[type="search"]').fill('柳塘试点');
  await one.page.locator('.drawer .found-one', { hasText: '柳塘试点村民委员会' }).click();
  await one.page.locator('.effects [data-moved="0"]').waitFor();
  await expectUsable(one);
  await one.screenshot('history-merge');
  await send(one, t.merge.send);
  await one.page.locator('.succession a', { hasText: '龙井试点村民委员会' }).waitFor();
  await expectUsable(one);
  await one.screenshot('history-merged');
  await one.page.locator('.undo button').first().click();
  await one.page.locator('.succession').waitFor({ state: 'detached' });

  await one.page.locator('.write[data-version="6"]').waitFor();
  const shown = await one.page.locator('.write').evaluateAll((items) =>
    items.map((item) => ({
      version: Number(item.getAttribute('data-version')),
      name: item.querySelector('[data-field="name"] ins')?.textContent ?? null,
    })),
  );
  writeFileSync(answers, JSON.stringify(shown));

  // Nothing is renamed from before it was, and one whose location was checked is split.
  await one.go(tab(second));
  await one.page.locator('.write[data-version="3"]').waitFor();
  await rename(one, '龙井旧村民委员会', '');
  await one.field(t.date).fill('1949-10-01');
  one.allow(`400 PUT /api/organizations/${second}`);
  await send(one, t.rename.send);
  const [before = ''] = t.early.split('{{since}}');
  await one.page.locator('.ant-modal .notice.alarm', { hasText: before }).waitFor();
  await one.screenshot('history-early');
  await one.page.locator('.ant-modal-close').click();
  await one.button(t.actions.split).click();
  await one.field(t.split.target.replace('{{n}}', '1')).fill('龙井第一试点村民委员会');
  await one.field(t.split.target.replace('{{n}}', '2')).fill('龙井第二试点村民委员会');
  await one.page.locator('.effects').waitFor();
  await expectUsable(one);
  await send(one, t.split.send);
  await one.page.locator('h2', { hasText: '龙井第一试点村民委员会' }).waitFor();
  // It is gone with the undoing.
  one.allow(`404 GET /api/organizations/${one.page.url().match(/organizations\/(\d+)/)?.[1]}`);
  await one.page.locator('.undo button').first().click();
  await one.page.locator('.undo').waitFor({ state: 'detached' });
});
