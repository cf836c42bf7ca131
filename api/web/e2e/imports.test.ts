import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsEn } from '../src/console/i18n/importsEn';
import { importsZh } from '../src/console/i18n/importsZh';
import { address } from './browser';
import { asked, type Desk, desksOfFile, expectUsable } from './desk';

// One story, told in order: a messy workbook comes in, is checked and written, what was refused is repaired and comes in
// again, and is undone. See README.md for what it starts from.

const first = process.env.JINGWEI_FIRST;
const folder = process.env.JINGWEI_FOLDER;
if (!first || !folder) throw new Error('JINGWEI_FIRST or JINGWEI_FOLDER is missing: see e2e/README.md');
const { language, size } = asked();
const texts = { zh: importsZh, en: importsEn }[language];

let desk: Desk;
desksOfFile((opened) => {
  desk = opened;
});

/** A figure of the import, by its name. */
async function figure(name: string): Promise<number> {
  const text = await desk.page.locator(`.import-figures [data-name="${name}"] dd`).textContent();
  return Number((text ?? '').replaceAll(',', ''));
}

async function bring(file: string): Promise<void> {
  await desk.page.locator('.import-drop input[type=file]').setInputFiles(join(folder ?? '', file));
  await desk.page.getByRole('heading', { level: 2, name: texts.column.title }).waitFor();
}

/** How many organizations the server says there are whose names are those of the file. */
async function registered(): Promise<number> {
  const filter = JSON.stringify({ op: 'like', args: [{ property: 'name' }, '批量导入%'] });
  const url = `${address}/api/organizations?limit=1&filter=${encodeURIComponent(filter)}`;
  const answer = await fetch(url, { headers: { Authorization: `Bearer ${process.env.JINGWEI_TOKEN}` } });
  return ((await answer.json()) as { numberMatched: number }).numberMatched;
}

describe(`imports at ${size.width} x ${size.height} in ${language}`, () => {
  test('a workbook is recognised as it is: title rows, merged headers, the second sheet', async () => {
    await desk.go(first);
    await desk.field(desk.texts.account.name).fill('provincial.office');
    await desk.field(desk.texts.account.shownAs).fill('省社会工作部');
    await desk.choosePassword('seven old trees by the pond');
    await desk.titled(desk.texts.nav.accounts);
    await desk.page.locator('.pages a[href="#/imports"]').click();
    await desk.titled(texts.title);
    await desk.page.getByText(texts.none).waitFor();
    await expectUsable(desk);
    await desk.screenshot('imports-empty');
    desk.allow('400 POST /api/imports');
    await desk.page.locator('.import-drop input[type=file]').setInputFiles({
      name: '坏.xlsx',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from('PK\x03\x04 no workbook'),
    });
    await desk.page.getByRole('alert').filter({ hasText: texts.unread.file }).waitFor();
    await expectUsable(desk);
    await desk.screenshot('imports-unread');
    await bring('支部名单.xlsx');
    const chosen = await desk.page
      .locator('.import-table select')
      .evaluateAll((all) => all.map((one) => (one as HTMLSelectElement).value));
    expect(chosen).toEqual([
      'code',
      'name',
      'kind',
      'superior',
      'division',
      'lng',
      'lat',
      'uscc',
      'phone',
      'valid_from',
      '',
    ]);
    expect(await desk.field(texts.option.header).inputValue()).toBe('4');
    expect(await desk.field(texts.option.sheet).inputValue()).toBe('支部名单');
    await desk.field(texts.option.accuracy).fill('很准');
    await desk.page.locator('.field-error', { hasText: texts.option.accuracyBad }).waitFor();
    expect(await desk.button(texts.check).isDisabled()).toBe(true);
    await desk.field(texts.option.accuracy).fill('20');
    await expectUsable(desk);
    await desk.screenshot('imports-columns');
  });

  test('the check finds every fault, cell by cell, also after a reload', async () => {
    await desk.button(texts.check).click();
    await desk.page.locator('.import-figures').waitFor({ timeout: 60_000 });
    await desk.page.reload();
    await desk.page.locator('.import-figures').waitFor();
    expect([await figure('rows'), await figure('refused'), await figure('new')]).toEqual([2000, 40, 1960]);
    await desk.page.locator('.import-preview .zoom').waitFor({ timeout: 60_000 });
    await expectUsable(desk);
    await desk.screenshot('imports-checked');
    const reasons = await desk.field(texts.why).locator('option').allTextContents();
    expect(reasons.length).toBe(14);
    await desk.field(texts.why).selectOption('coordinates-outside');
    await expect.poll(() => desk.page.locator('.import-row .import-why').count()).toBe(2);
    await desk.page.locator('.import-rows').focus();
    await desk.page.keyboard.press('ArrowDown');
    await desk.page.keyboard.press('Enter');
    await desk.page.locator('.import-row[aria-selected=true].active').waitFor();
    await desk.page.locator('.import-preview [role=status]', { hasText: '批量导入' }).waitFor();
    await desk.screenshot('imports-fault');
    await desk.field(texts.why).selectOption('');
  });

  test('what is right is written, and is there', async () => {
    await desk.page.locator('.imports .buttons .ant-btn-primary').click();
    await desk.page.locator('.import-state', { hasText: texts.state.done }).waitFor({ timeout: 60_000 });
    expect(await figure('made')).toBe(1960);
    await expect.poll(registered).toBe(1960);
    await expectUsable(desk);
    await desk.screenshot('imports-done');
    const [download] = await Promise.all([
      desk.page.waitForEvent('download'),
      desk.page.getByRole('link', { name: texts.corrected }).click(),
    ]);
    await download.saveAs(join(folder, 'downloaded.xlsx'));
    renameSync(join(folder, 'downloaded.xlsx'), join(folder, 'corrected.xlsx'));
  });

  test('what was refused is repaired, comes in again, and is undone as a whole', async () => {
    await expect.poll(() => existsSync(join(folder, 'repaired.xlsx'))).toBe(true);
    await desk.page.locator('.import-back').click();
    await desk.page.locator('.import-list a').waitFor();
    await bring('repaired.xlsx');
    await desk.button(texts.check).click();
    await desk.page.locator('.import-figures').waitFor({ timeout: 60_000 });
    expect([await figure('rows'), await figure('refused'), await figure('new')]).toEqual([40, 0, 40]);
    await desk.page.locator('.imports .buttons .ant-btn-primary').click();
    await desk.page.locator('.import-state', { hasText: texts.state.done }).waitFor({ timeout: 60_000 });
    await expect.poll(registered).toBe(2000);
    await desk.button(texts.undo).click();
    await expectUsable(desk);
    await desk.button(texts.undoYes).click();
    await desk.page.locator('.import-state', { hasText: texts.state.undone }).waitFor({ timeout: 60_000 });
    expect([await figure('undone'), await figure('kept')]).toEqual([40, 0]);
    await expect.poll(registered).toBe(1960);
    await desk.screenshot('imports-undone');
  });
});
