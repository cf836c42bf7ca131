import { expect, test } from 'vitest';
import { launch } from '../scripts/chromium.mjs';
import { asked, Desk, expectUsable } from './desk';

const [name = '', password = ''] = (process.env.JINGWEI_FOREIGN ?? '').split('\n');
if (password === '') throw new Error('JINGWEI_FOREIGN names no account: see e2e/README.md');

test('a password that somebody else chose is changed before anything else', async () => {
  const { language, size } = asked();
  const browser = await launch();
  try {
    const desk = await Desk.open(browser, size, language);
    await desk.go('/console#/tokens');
    await desk.signIn(name, password);
    await desk.page.getByText(desk.texts.password.mustTitle).waitFor();
    expect(await desk.page.locator('.pages').count()).toBe(0);
    await expectUsable(desk);
    await desk.screenshot('must-change');
    desk.allow('400 PUT /api/session/password');
    await desk.field(desk.texts.password.current).fill('not what was chosen');
    await desk.choosePassword('nine kites over the harbour');
    await desk.page.getByText(desk.texts.password.wrong).waitFor();
    await desk.field(desk.texts.password.current).fill(password);
    await desk.page.keyboard.press('Enter');
    await desk.titled(desk.texts.nav.tokens);
    expect(await desk.close()).toEqual([]);
  } finally {
    await browser.close();
  }
});
