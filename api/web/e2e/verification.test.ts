import { describe, expect, test } from 'vitest';
import { verificationEn } from '../src/console/i18n/verificationEn';
import { verificationZh } from '../src/console/i18n/verificationZh';
import { en } from '../src/i18n/en';
import { zh } from '../src/i18n/zh';
import { address } from './browser';
import { asked, type Desk, desksOfFile, expectUsable } from './desk';

// Three accounts take one organization through the six states. The test in Go holds what the database keeps against the steps here.

const place = process.env.JINGWEI_PLACE;
if (!place) throw new Error('JINGWEI_PLACE names no organization: see e2e/README.md');
const [id, longitude, latitude] = place.split(' ').map(Number) as [number, number, number];
const password = 'seven old trees by the pond';
const name = '柳塘试点村民委员会';
const above = '一一区社会工作部';
const [words, mapWords] = asked().language === 'en' ? [verificationEn, en] : [verificationZh, zh];
const states = mapWords.locationState;

let clerk: Desk;
let first: Desk;
let second: Desk;
desksOfFile((one, two, three) => {
  [clerk, first, second] = [one, two, three];
});

const signIn = async (desk: Desk, account: string, hash: string) => {
  await desk.go(`/console${hash}`);
  await desk.signIn(account, password);
  await desk.page.locator('.pages').waitFor();
};
/** The state that a desk shows of the organization. */
const shown = (desk: Desk) => desk.page.locator('.verification-state strong');
const fillEvidence = async (desk: Desk, text: string) => {
  const input = desk.page.locator('.next-step .form input');
  await input.fill(text);
  await input.press('Enter');
};
/** What the server says of the state, without a session. */
const served = async () => {
  const answer = await fetch(`${address}/api/organizations/${id}`);
  return ((await answer.json()) as { location_state: string }).location_state;
};

describe('an organization is verified by three accounts', () => {
  test('a registrar finds the location that no check was made of, and has it checked', async () => {
    const { page } = clerk;
    await signIn(clerk, 'liutang.clerk', '#/verification');
    const row = page.locator(`.location-row[data-id="${id}"]`);
    await row.waitFor();
    expect(await row.textContent()).toContain(words.finding.unchecked);
    expect(await row.getAttribute('data-state')).toBe('reported');
    await page.locator('.waiting-map canvas').waitFor();
    await expectUsable(clerk);
    await clerk.screenshot('waiting');
    await row.click();
    await shown(clerk).waitFor();
    // What it is compared with is beside it, and the list with its map is not covered.
    const panel = page.locator('.verification-drawer');
    await panel.locator('.place canvas').waitFor();
    expect(await panel.locator('.place .facts').textContent()).toContain(longitude.toFixed(4));
    const [own, list] = await Promise.all([panel.boundingBox(), page.locator('.waiting-map').boundingBox()]);
    if (!clerk.narrow) {
      expect(own?.x).toBeGreaterThanOrEqual((list?.x ?? 0) + (list?.width ?? 0) - 1);
      expect(await page.locator('.ant-drawer-mask').count()).toBe(0);
    }
    await expectUsable(clerk);
    await clerk.screenshot('reported');
    await clerk.button(words.next.check).click();
    await expect.poll(() => shown(clerk).textContent()).toBe(states.checked);
    expect(await page.locator('.next-step').textContent()).toContain(words.next.lacking.reviewer);
    await expect.poll(served).toBe('checked');
  });

  test('a reviewer advances it by the keys, and may not approve what they compared', async () => {
    const { page } = first;
    await signIn(first, 'first.reviewer', '#/verification');
    const list = page.getByRole('listbox');
    const row = page.locator(`.location-row[data-id="${id}"]`);
    await row.waitFor();
    await list.focus();
    await page.keyboard.press('End');
    for (let i = 0; i < 5; i++) {
      if ((await page.locator('.location-row.active').getAttribute('data-id')) === String(id)) break;
      await page.keyboard.press('ArrowUp');
    }
    await page.keyboard.press('a');
    await page.locator('.bulk input').waitFor();
    await page.keyboard.type('与2025年村界图一致');
    await expectUsable(first);
    await first.screenshot('bulk');
    await page.keyboard.press('Enter');
    await expect.poll(() => row.textContent()).toContain(states.compared);
    expect(await served()).toBe('compared');
    await list.focus();
    await page.keyboard.press('Enter');
    await shown(first).waitFor();
    expect(await page.locator('.next-step').textContent()).toContain(words.next.lacking['second-person']);
    await expectUsable(first);
    await first.screenshot('second-person');
  });

  test('another reviewer approves, takes it back, approves again and inspects', async () => {
    const { page } = second;
    await signIn(second, 'second.reviewer', `#/organizations/${id}?tab=verification`);
    await fillEvidence(second, '已电话核实');
    await expect.poll(() => shown(second).textContent()).toBe(states.approved);
    await second.screenshot('undo-step');
    await page.locator('.undo button').click();
    await expect.poll(() => shown(second).textContent()).toBe(states.compared);
    expect(await served()).toBe('compared');
    await fillEvidence(second, '已再次电话核实');
    await expect.poll(() => shown(second).textContent()).toBe(states.approved);
    await fillEvidence(second, '到过现场，门牌相符');
    await expect.poll(() => shown(second).textContent()).toBe(states.inspected);
    await expectUsable(second);
    await second.screenshot('inspected');
    expect(await page.locator('.next-step').textContent()).toContain(words.next.lacking.registrar);
  });

  test('the registrar confirms it on the spot, and not from elsewhere', async () => {
    const { page, context } = clerk;
    await context.grantPermissions(['geolocation'], { origin: address });
    await context.setGeolocation({ longitude: longitude + 0.02, latitude, accuracy: 10 });
    await clerk.go(`/console#/organizations/${id}?tab=verification`);
    await expect.poll(() => shown(clerk).textContent()).toBe(states.inspected);
    const primary = page.locator('.next-step .ant-btn-primary');
    expect(await primary.textContent()).toBe(words.next.advance.confirmed);
    clerk.allow(`400 POST /api/organizations/${id}/verification`);
    await primary.click();
    // 0.02° of longitude are nearly 2 km here; 100 m would do.
    const far = await page.locator('.next-step .notice.alarm').textContent();
    expect(far).toMatch(/1\.\d (公里，超过 100 米|km from the location, more than 100 m)/);
    await expectUsable(clerk);
    await clerk.screenshot('far');
    await context.setGeolocation({ longitude: longitude + 0.0002, latitude, accuracy: 10 });
    await primary.click();
    await expect.poll(() => shown(clerk).textContent()).toBe(states.confirmed);
    expect(await served()).toBe('confirmed');
    await page.locator('.next-step h3', { hasText: words.next.all }).waitFor();
    await page.locator('.step-history summary').click();
    expect(await page.locator('.step-history li').count()).toBe(7);
    expect(await page.locator('.step.done').count()).toBe(5);
    await expectUsable(clerk);
    await clerk.screenshot('confirmed');
  });

  test('an accuracy that nobody stated is stated beside the map, and the check passes', async () => {
    const { page } = clerk;
    await clerk.go('/console#/verification?finding=accuracy-unknown');
    const row = page.locator('.location-row', { hasText: above });
    await row.waitFor();
    expect((await row.textContent())?.split(words.finding['accuracy-unknown'])).toHaveLength(2);
    await row.click();
    await page.locator('.accuracy-state').click();
    await page.locator('.accuracy-form input').fill('20');
    await expectUsable(clerk);
    await clerk.screenshot('accuracy');
    await page.locator('.accuracy-form .ant-btn-primary').click();
    await page.locator('.place .facts', { hasText: '±20' }).waitFor();
    await expect.poll(() => shown(clerk).textContent()).toBe(states.checked);
    expect(await page.locator('.findings li').count()).toBe(0);
  });

  test('what is typed outlives what others do meanwhile', async () => {
    const { page } = second;
    await first.go('/console#/verification?state=checked');
    await first.page.locator('.location-row', { hasText: above }).click();
    await first.page.locator('.next-step .form input').fill('与影像一致');
    // Nor is a double click two steps, of which the second one is refused.
    await first.page.locator('.next-step .ant-btn-primary').dblclick();
    await expect.poll(() => shown(first).textContent()).toBe(states.compared);
    expect(await first.page.locator('.notice.alarm').count()).toBe(0);
    await second.go('/console#/verification?state=compared');
    const row = page.locator('.location-row', { hasText: above });
    await row.click();
    await page.locator('.next-step .form input').fill('已电话核实');
    await page.locator('.verification-drawer .ant-drawer-close, .waiting-open header button').click();
    await row.click();
    expect(await page.locator('.next-step .form input').inputValue()).toBe('已电话核实');
    await first.page.locator('.send-back summary').click();
    expect(await first.page.locator('.send-back select').inputValue()).toBe('checked');
    await first.page.locator('.send-back input').fill('门牌不符');
    await first.page.locator('.send-back button').click();
    const sure = first.page.locator('.send-back-sure');
    expect(await sure.textContent()).toContain(states.compared);
    await first.screenshot('send-back');
    await sure.locator('.ant-btn-dangerous').click();
    await expect.poll(() => shown(first).textContent()).toBe(states.checked);
    const organization = await row.getAttribute('data-id');
    second.allow(`412 POST /api/organizations/${organization}/verification`);
    await page.locator('.next-step .form input').press('Enter');
    const told = page.locator('.meanwhile');
    await told.waitFor();
    expect(await told.textContent()).toContain('first.reviewer');
    expect(await told.textContent()).toContain('门牌不符');
    expect(await page.locator('.next-step .form input').inputValue()).toBe('已电话核实');
    await expect.poll(() => shown(second).textContent()).toBe(states.checked);
    await expect.poll(() => row.count()).toBe(0);
    await expectUsable(second);
    await second.screenshot('meanwhile');
    await told.locator('button').click();
    await expect.poll(() => told.count()).toBe(0);
    expect(await page.locator('.next-step .form input').inputValue()).toBe('已电话核实');
  });

  test('a list that others have changed shows it when one comes back to it, and many steps are taken back at once', async () => {
    const { page } = second;
    await second.go('/console#/verification');
    const row = page.locator('.location-row', { hasText: above });
    await row.waitFor();
    await clerk.go('/console#/verification');
    const seen = clerk.page.locator('.location-row', { hasText: above });
    await expect.poll(() => seen.getAttribute('data-state')).toBe('checked');
    await row.locator('.row-check').click();
    await page.locator('.bulk input').fill('与影像一致');
    expect(await page.locator('.bulk .ant-btn-primary').textContent()).toContain(states.compared);
    await page.locator('.bulk .ant-btn-primary').click();
    await expect.poll(() => row.getAttribute('data-state')).toBe('compared');
    await clerk.page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
    await expect.poll(() => seen.getAttribute('data-state')).toBe('compared');
    // Who compared may not approve: the report says which one was left, and why.
    await row.locator('.row-check').click();
    await page.locator('.bulk input').fill('再看一次');
    second.allow(`403 POST /api/organizations/${await row.getAttribute('data-id')}/verification`);
    await page.locator('.bulk .ant-btn-primary').click();
    const report = page.locator('.bulk-report li');
    await report.waitFor();
    expect(await report.textContent()).toBe(above + words.next.lacking['second-person']);
    await expectUsable(second);
    await second.screenshot('bulk-report');
    await page.locator('.undo button').first().click();
    await expect.poll(() => row.getAttribute('data-state')).toBe('checked');
    await page.locator('.state-chips .chip').nth(1).click();
    await expect.poll(() => page.locator('.bulk-report').textContent()).toBe('');
  });

  test('it waits no more', async () => {
    const { page } = clerk;
    await clerk.go('/console#/verification?state=confirmed');
    await page.locator(`.location-row[data-id="${id}"]`, { hasText: name }).waitFor();
    await clerk.go('/console#/verification');
    await page.locator('.waiting-map canvas').waitFor();
    await expect.poll(() => page.locator(`.location-row[data-id="${id}"]`).count()).toBe(0);
  });
});
