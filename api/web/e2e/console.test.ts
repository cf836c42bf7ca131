import { describe, expect, test } from 'vitest';
import { tasksEn } from '../src/console/i18n/tasksEn';
import { tasksZh } from '../src/console/i18n/tasksZh';
import { address } from './browser';
import { asked, Desk, desksOfFile, expectUsable } from './desk';

// One story, told in order: each part goes on where the one before it ended. See README.md for what it starts from. It
// signs in and opens links sparingly: of one client the server takes ten attempts a minute.

const first = process.env.JINGWEI_FIRST;
if (!first) throw new Error('JINGWEI_FIRST names no link: see e2e/README.md');
const { language, size } = asked();

/** Three minutes, from the first start to a committee at work. */
const most = 180_000;
const passwords = {
  superior: 'seven old trees by the pond',
  committee: 'a quiet lake at dawn',
  recovered: 'boats come home before the rain',
};
const top = '一一区社会工作部';
const below = '柳塘试点村民委员会';

let superior: Desk;
let committee: Desk;
const browser = desksOfFile((one, other) => {
  [superior, committee] = [one, other];
});

describe(`the console at ${size.width} x ${size.height} in ${language}`, () => {
  test('the map knows nobody and asks for nobody', async () => {
    const asked: string[] = [];
    superior.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await superior.page.goto(`${address}/?lang=${language}`);
    await superior.page.waitForFunction(() => window.jingweiMap !== undefined);
    const link = superior.page.locator('.bar a[href="/console"]');
    expect(await link.textContent()).toBe(language === 'zh' ? '登录' : 'Sign in');
    expect(asked.filter((path) => path.startsWith('/api/session') || /Office|console/.test(path))).toEqual(
      [],
    );
    await link.click();
    await superior.page.getByText(superior.texts.signIn.first).waitFor();
    await expectUsable(superior);
    await superior.screenshot('sign-in');
  });

  test('from the first start to a committee that signs in with a grant, in less than three minutes', async () => {
    const began = Date.now();
    const { texts, page } = superior;
    await superior.go(first);
    await superior.field(texts.account.name).fill('provincial.office');
    await superior.field(texts.account.shownAs).fill('省社会工作部');
    await superior.field(texts.password.new).fill('1234567890');
    await superior.field(texts.password.repeat).fill('12345678901');
    await page.getByText(texts.password.differs).waitFor();
    await expectUsable(superior);
    await superior.choosePassword(passwords.superior);
    await superior.titled(texts.nav.accounts);
    expect(page.url()).not.toContain('link');

    await superior.button(texts.account.new).click();
    await superior.field(texts.account.shownAs).fill('柳塘村 文书');
    await superior.field(texts.account.name).fill('Liutang.Clerk');
    await page.locator('.drawer .choice').click();
    const row = page.locator('.drawer .tree-row', { hasText: top });
    await row.locator('.twist').click();
    await page.locator('.drawer .tree-row', { hasText: below }).waitFor();
    await expectUsable(superior);
    await superior.screenshot('tree');
    await page.locator('.drawer .tree-row', { hasText: below }).click();
    await page.locator('.drawer .choice', { hasText: below }).waitFor();
    await superior.button(texts.account.create).click();
    await page.locator('.once').waitFor();
    await expectUsable(superior);
    await superior.screenshot('invitation');
    const invitation = await superior.shownOnce();
    await superior.button(texts.done).click();
    await page.locator('.ant-drawer-content-wrapper').waitFor({ state: 'detached' });
    await page.locator('.listing a', { hasText: '柳塘村 文书' }).waitFor();
    await expectUsable(superior);
    await superior.screenshot('accounts');

    await committee.go(invitation);
    await committee.page.getByText(committee.texts.link.title.invite).waitFor();
    await expectUsable(committee);
    await committee.choosePassword(passwords.committee);
    await committee.turnTo('me');
    await committee.page.locator('.grant', { hasText: texts.role.registrar }).waitFor();
    expect(await committee.page.locator('.grant').textContent()).toContain(below);
    await expectUsable(committee);
    await committee.screenshot('me');
    await committee.button(texts.signOut).click();
    await committee.signIn('liutang.clerk', passwords.committee);
    await committee.page.locator('.pages').waitFor();
    expect(Date.now() - began).toBeLessThan(most);
  });

  test('whom a provider turned away is told why', async () => {
    const stranger = await Desk.open(browser(), size, language);
    await stranger.go('/console#/sign-in?error=no-account');
    await stranger.page
      .locator('.notice.alarm', { hasText: stranger.texts.provider['no-account'] })
      .waitFor();
    await expectUsable(stranger);
    expect(await stranger.close()).toEqual([]);
  });

  test('what the committee may not do is not there', async () => {
    const shown = await committee.page
      .locator('.pages a')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    expect(shown).toEqual([
      '#/tasks',
      '#/organizations',
      '#/verification',
      '#/imports',
      '#/me',
      '#/sessions',
      '#/tokens',
    ]);
    await committee.go('/console#/accounts/new');
    await committee.titled(committee.texts.nav.tasks);
  });

  test('what is needed is asked once, within a budget, and answered', async () => {
    const words = language === 'zh' ? tasksZh : tasksEn;
    const { page } = superior;
    await superior.turnTo('tasks');
    await superior.button(words.ask.new).click();
    const ask = async () => {
      await superior.field(words.ask.title).fill('补全公开电话');
      await page.locator('.drawer .check', { hasText: words.field.phone }).locator('input').check();
      await page.locator('.drawer .choice').click();
      await page.locator('.finder input').last().fill(below);
      await page.locator('.found-one', { hasText: below }).first().click();
      await page.locator('.ant-drawer-content-wrapper').nth(1).waitFor({ state: 'detached' });
    };
    await ask();
    const send = page.locator('.drawer button[type="submit"]');
    await expect.poll(() => send.isEnabled()).toBe(true);
    await expectUsable(superior);
    await superior.screenshot('ask');
    await send.click();
    await page.locator('.task', { hasText: '补全公开电话' }).waitFor();
    await expectUsable(superior);
    await superior.screenshot('asked');

    await committee.page.reload();
    const task = committee.page.locator('.task', { hasText: below });
    await task.waitFor();
    expect(await task.locator('.missing .asked-field').allTextContents()).toEqual([words.field.phone]);
    expect(await committee.button(words.finish).isEnabled()).toBe(false);
    await expectUsable(committee);
    await committee.screenshot('tasks');
    await committee.button(words.decline).click();
    await committee.field(words.declineReason).fill('没有固定电话');
    await expectUsable(committee);
    await committee.page.locator('.ant-modal .ant-btn-primary').click();
    await committee.page.getByText(words.none).waitFor();
    await committee.page.locator('.undo button').click();
    await task.waitFor();

    await superior.button(words.ask.new).click();
    await ask();
    const again = words.ask.skipped.open.replace('{{fields}}', '1').replace('{{organizations}}', '1');
    await page.locator('.drawer li', { hasText: again }).waitFor();
    expect(await send.isEnabled()).toBe(false);
    await superior.closeDrawer();

    // The form opens where it is asked for; what was saved is sent with one press.
    await committee.page.locator('.task a', { hasText: words.fill }).click();
    const mark = committee.page.locator('[data-asked="phone"]');
    await mark.locator('input').fill('0571-12345678');
    expect(await committee.page.locator('[data-asked]').count()).toBe(1);
    await committee.page.locator('.asked-here', { hasText: '补全公开电话' }).waitFor();
    await expectUsable(committee);
    await committee.screenshot('task-form');
    await committee.page.locator('.registration-send .ant-btn-primary').click();
    await committee.page.locator('.asked-here', { hasText: words.complete }).waitFor();
    await expectUsable(committee);
    await committee.screenshot('task-filled');
    await committee.button(words.confirm).click();
    await committee.titled(committee.texts.nav.tasks);
    await committee.page.getByText(words.none).waitFor();
  });

  test('an invitation opens once', async () => {
    const stranger = await Desk.open(browser(), size, language);
    stranger.allow('404 POST /api/links/inspect');
    await stranger.go(first);
    await stranger.page.getByText(stranger.texts.link.gone).waitFor();
    await expectUsable(stranger);
    expect(await stranger.close()).toEqual([]);
  });

  test('a lost password is recovered through the superior', async () => {
    const { texts, page } = superior;
    await superior.openAccount('柳塘村 文书');
    await expectUsable(superior);
    await superior.screenshot('account');
    await superior.button(texts.care.recover).click();
    const recovery = await superior.shownOnce();
    await superior.closeDrawer();

    const other = await Desk.open(browser(), size, language);
    other.allow('401 POST /api/session');
    await other.go('/console');
    await other.signIn('liutang.clerk', 'what was it again');
    await other.page.locator('.notice.alarm', { hasText: other.texts.problem['sign-in'] }).waitFor();
    await expectUsable(other);
    await other.screenshot('refused');
    await other.go(recovery);
    await other.choosePassword(passwords.recovered);
    await other.turnTo('me');
    await other.page.locator('.grant', { hasText: below }).waitFor();

    // The session that was open elsewhere is over: the page there asks to sign in.
    committee.allow('401 GET /api/sessions');
    await committee.page.locator('.pages a[href="#/sessions"]').click();
    await committee.field(committee.texts.signIn.name).waitFor();
    committee.allow('401 POST /api/session');
    await committee.signIn('liutang.clerk', passwords.committee);
    await committee.page.locator('.notice.alarm').waitFor();
    await committee.signIn('liutang.clerk', passwords.recovered);
    await committee.titled(committee.texts.nav.sessions);
    expect(await other.close()).toEqual([]);
    await page.locator('.listing').waitFor();
  });

  test('one ends the session that one left open elsewhere', async () => {
    const { page, texts } = committee;
    await page.locator('.line').nth(1).waitFor();
    await expectUsable(committee);
    await committee.screenshot('sessions');
    const before = await page.locator('.line').count();
    await page.locator('.line button').first().click();
    await expect.poll(() => page.locator('.line').count()).toBe(before - 1);
    expect(await page.locator('.line', { hasText: texts.sessions.current }).count()).toBe(1);
  });

  test('a token is shown once, works, and is revoked', async () => {
    const { page, texts } = committee;
    await committee.turnTo('tokens');
    await page.getByText(texts.tokens.none).waitFor();
    await committee.button(texts.tokens.new).click();
    await committee.field(texts.tokens.name).fill('县里的数据交换');
    await expectUsable(committee);
    await page.reload();
    expect(await committee.field(texts.tokens.name).inputValue()).toBe('县里的数据交换');
    await committee.field(texts.tokens.name).press('Enter');
    await page.locator('.once').waitFor();
    await committee.screenshot('token');
    const token = await committee.shownOnce();
    const ask = () => fetch(`${address}/api/session`, { headers: { Authorization: `Bearer ${token}` } });
    expect(((await (await ask()).json()) as { via: string }).via).toBe('token');
    await committee.button(texts.done).click();
    await page.locator('.ant-drawer-content-wrapper').waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain(token);
    await page.locator('.line button').click();
    await page.locator('.ant-modal').waitFor();
    await expectUsable(committee);
    await page.locator('.ant-modal').getByRole('button', { name: texts.tokens.end, exact: true }).click();
    await page.getByText(texts.tokens.none).waitFor();
    expect((await ask()).status).toBe(401);
  });

  test('disabling takes effect at once, and is undone with one press', async () => {
    const { page, texts } = superior;
    await superior.openAccount('柳塘村 文书');
    await superior.button(texts.care.disable).click();
    await page.locator('.undo').waitFor();
    await page.locator('.account .tag', { hasText: texts.account.disabled }).waitFor();
    await expectUsable(superior);
    await superior.screenshot('undo');
    expect((await committee.page.request.get(`${address}/api/session`)).status()).toBe(401);
    await page.locator('.undo button').click();
    await page.locator('.account .tag', { hasText: texts.account.active }).waitFor();
    await page.locator('.undo').waitFor({ state: 'detached' });
  });

  test('a role is given on the tree, ended, and given back', async () => {
    const { page, texts } = superior;
    await superior.button(texts.grant.add).click();
    await superior.field(texts.grant.role).selectOption('analyst');
    await expectUsable(superior);
    await superior.button(texts.grant.give).click();
    const analyst = page.locator('.account .grant', { hasText: texts.role.analyst });
    await analyst.waitFor();
    await analyst.getByRole('button').click();
    await page.locator('.undo').waitFor();
    await analyst.waitFor({ state: 'detached' });
    await page.locator('.undo button').click();
    await analyst.waitFor();
    await superior.closeDrawer();
  });

  test('accounts are found by name, and by a node of the tree with the keyboard alone', async () => {
    const { page, texts } = superior;
    await superior.field(texts.account.search).fill('柳塘');
    await page.waitForURL(/q=/);
    await expect.poll(() => page.locator('.listing a').count()).toBe(1);
    await superior.field(texts.account.search).fill('');
    await expect.poll(() => page.locator('.listing a').count()).toBeGreaterThan(1);
    if (superior.narrow) await superior.button(texts.organization.any).click();
    const tree = page.getByRole('tree');
    await page.locator('.tree-row', { hasText: top }).waitFor();
    await tree.focus();
    await page.keyboard.press('Home');
    for (let i = 0; i < 50; i++) {
      const id = await tree.getAttribute('aria-activedescendant');
      if ((await page.locator(`[id="${id}"]`).textContent())?.startsWith(top)) break;
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('ArrowRight');
    await page.locator('.tree-row[aria-level="2"]', { hasText: below }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/organization=\d+/);
    await expect.poll(() => page.locator('.listing a').count()).toBe(1);
    await page.locator('.listing a', { hasText: '柳塘村 文书' }).waitFor();
    await superior.turnTo('accounts');
  });

  test('an office is handed over', async () => {
    const { page, texts } = superior;
    await superior.button(texts.account.new).click();
    await superior.field(texts.account.shownAs).fill('柳塘村 新文书');
    await superior.field(texts.account.name).fill('liutang.next');
    await page.locator('.drawer .choice').click();
    await page.locator('.finder input').last().fill(below);
    await page.locator('.found-one', { hasText: below }).first().click();
    await superior.field(texts.grant.role).selectOption('none');
    await superior.button(texts.account.create).click();
    await page.locator('.once').waitFor();
    await superior.closeDrawer();
    await superior.openAccount('柳塘村 文书');
    await superior.button(texts.care.handover).click();
    // A press while the dialog still opens may miss what moves.
    const successor = page.locator('.successor', { hasText: '新文书' }).locator('input');
    await expect.poll(async () => successor.click().then(() => successor.isChecked())).toBe(true);
    await expectUsable(superior);
    await superior.screenshot('handover');
    await page.locator('.ant-modal .ant-btn-dangerous').click();
    await page.locator('.ant-drawer-content-wrapper').waitFor({ state: 'detached' });
    await superior.openAccount('柳塘村 新文书');
    await page.locator('.account .grant', { hasText: texts.role.registrar }).waitFor();
    await superior.closeDrawer();
  });

  test('the audit tells who did what, and what was before', async () => {
    const { page, texts } = superior;
    await superior.turnTo('audit');
    const entries = page.locator('.audit-entry, .ant-table-row');
    await entries.nth(2).waitFor();
    await expectUsable(superior);
    if (superior.narrow) await page.locator('.filters-fold summary').click();
    await superior.field(texts.audit.action).selectOption('account.disable');
    await page.waitForURL(/action=account.disable/);
    await expect
      .poll(async () =>
        (await entries.allTextContents()).filter((text) => !text.includes(texts.did['account.disable'])),
      )
      .toEqual([]);
    await page.locator('.page').evaluate((shown) => shown.scrollTo(0, 0));
    await entries.first().click();
    const row = page.locator('.difference:visible tr', { hasText: texts.part.disabled });
    await row.waitFor();
    expect(await row.locator('del').textContent()).toBe(texts.no);
    expect(await row.locator('ins').textContent()).toBe(texts.yes);
    await expectUsable(superior);
    await superior.screenshot('audit');
    await superior.button(texts.audit.onlyObject).click();
    await page.waitForURL(/object=account%3A\d+/);
    await superior.button(texts.filter.clear).click();
    await superior.field(texts.audit.actor).fill('liutang.clerk');
    await superior.field(texts.audit.actor).press('Enter');
    await page.waitForURL(/actor=liutang.clerk/);
    await entries.filter({ hasText: texts.did['token.end'] }).first().waitFor();
    await expect
      .poll(async () => (await entries.allTextContents()).filter((text) => !text.includes('liutang.clerk')))
      .toEqual([]);
    await superior.button(texts.audit.refresh).click();
    await page.locator('.tag', { hasText: texts.audit.sealed }).first().waitFor();
  });

  test('both languages, without losing one’s place', async () => {
    const { page } = superior;
    await superior.turnTo('me');
    await page.locator('.bar button[lang]').click();
    await superior.titled(language === 'zh' ? 'Me' : '我的');
    expect(await page.locator('html').getAttribute('lang')).toBe(language === 'zh' ? 'en' : 'zh-CN');
    await expectUsable(superior);
    await page.reload();
    await superior.titled(language === 'zh' ? 'Me' : '我的');
    await page.locator('.bar button[lang]').click();
    await superior.titled(superior.texts.nav.me);
  });

  test('the map leads to the console of whoever is signed in, and after signing out to the sign-in', async () => {
    const { page, texts } = superior;
    const link = page.locator('.bar a[href="/console"]');
    await page.goto(`${address}/?lang=${language}`);
    expect(await link.textContent()).toBe(language === 'zh' ? '控制台' : 'Console');
    await link.click();
    await superior.turnTo('me');
    await superior.button(texts.signOut).click();
    await superior.field(texts.signIn.name).waitFor();
    await page.goto(`${address}/?lang=${language}`);
    expect(await link.textContent()).toBe(language === 'zh' ? '登录' : 'Sign in');
  });
});
