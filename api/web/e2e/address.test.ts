import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toolsZh } from '../src/i18n/toolsZh';
import { zh } from '../src/i18n/zh';
import { address, browserOfFile, mostly, Viewer } from './browser';
import { Expected } from './expected';

const expected = Expected.given();
const browser = browserOfFile();

/** What the interface tells of a place. */
interface Told {
  address: string;
  by: string;
  accuracy_m: number | null;
}

async function told(at: readonly number[]): Promise<Told> {
  return (await (await fetch(`${address}/api/geocode/reverse?point=${at.join()}`)).json()) as Told;
}

/** The label of a division. */
async function label(code: string): Promise<[number, number]> {
  const answer = await fetch(`${address}/api/divisions/${code}`);
  return ((await answer.json()) as { label: [number, number] }).label;
}

describe.each(mostly('phone'))('addresses at $width x $height', (size) => {
  let viewer: Viewer;
  beforeAll(async () => {
    viewer = await Viewer.open(browser(), size, '/#map=8/29.6/120.2');
  });
  afterAll(async () => {
    await viewer?.close();
  });
  const card = () => viewer.page.locator('.card.place');

  test('an address without its province leads to its township, and the card there says the whole', async () => {
    const town = expected.divisions.find(
      (item) => item.level === 4 && item.name === '北山街道' && item.parent === '330106000000',
    );
    if (!town) throw new Error('the sample has no 北山街道 in 西湖区');
    await viewer.page.getByRole('combobox').fill('杭州西湖区北山街道北山路84号');
    const hit = viewer.page.getByRole('option').first();
    await hit.getByText(zh.search.match.address).waitFor();
    expect(await hit.locator('.hit-name').textContent()).toBe('浙江省杭州市西湖区北山街道 北山路84号');
    const note = await hit.locator('.hit-context').textContent();
    expect(note).toContain(zh.address.to.replace('{{level}}', zh.level.township));
    expect(note).toMatch(/±[\d.,]+ 公里|±\d+ 米/);
    expect(await viewer.violations()).toEqual([]);
    await viewer.screenshot('address-hit');

    await viewer.page.keyboard.press('Enter');
    await card().locator('.address-text').waitFor();
    await viewer.rest();
    const at = await label(town.code);
    expect(await card().getAttribute('data-at')).toBe(at.join());
    const { address: text, by } = await told(at);
    expect(by).toBe('outline');
    expect(await card().locator('.address-text').textContent()).toBe(text);
    expect(text).toBe('浙江省杭州市西湖区北山街道');
    await viewer.raise('high');
    expect(await viewer.violations()).toEqual([]);
    await viewer.screenshot('address-here');
  });

  test('what may be somewhere else is said', async () => {
    await viewer.page.keyboard.press('Escape');
    await viewer.page.getByRole('combobox').fill('温州西湖区北山街道');
    const hit = viewer.page.getByRole('option').first();
    await hit.getByText(zh.address.contradiction).waitFor();
    await viewer.page.keyboard.press('Escape');
    await viewer.page.keyboard.press('Escape');
  });

  test('at sea and far away the card says that it is outside', async () => {
    for (const at of [
      [122.9, 29],
      [139.7, 35.6],
    ] as const) {
      await viewer.visit(`/?at=${at.join()}#map=7/${at[1]}/${at[0]}`);
      const here = card().locator('.address-here');
      await here.waitFor();
      const { address: text, by } = await told(at);
      await viewer.page.locator(`.card[data-at="${at.join()}"] [data-by="${by}"]`).waitFor();
      const said = await here.textContent();
      expect(said).toContain(text);
      expect(said).toContain(
        (by === 'nothing' ? toolsZh.address.nothing : toolsZh.address.outside).slice(0, 9),
      );
    }
    await viewer.screenshot('address-outside');
    expect(viewer.faults).toEqual([]);
  });
});
