import { describe, expect, test } from 'vitest';
import { en } from '../src/i18n/en';
import { zh } from '../src/i18n/zh';
import { browserOfFile, mostly, Viewer } from './browser';

/** Whether the default set of boundaries is one of all China without the line in the South China Sea. */
const incomplete = process.env.JINGWEI_INCOMPLETE === 'true';

const browser = browserOfFile();

/** What stands on the sheet that is printed, by part and without the spaces at which lines break. */
async function printed({ page }: Viewer): Promise<(part: string) => string> {
  await page.keyboard.press('p');
  await page.locator('.sheet-page').waitFor();
  const texts = await page
    .locator('.sheet-page text')
    .evaluateAll((all) => all.map((text) => [(text as SVGElement).dataset.part, text.textContent] as const));
  await page.keyboard.press('Escape');
  await page.locator('.print-window').waitFor({ state: 'detached' });
  const of = (wanted: string) => texts.filter(([part]) => part === wanted).map(([, text]) => text);
  return (part) => of(part).join('').replaceAll(' ', '');
}

describe.each(mostly('phone'))('the whole country at $width x $height', (size) => {
  test('the missing line is said, and drawn once when it is there', async () => {
    const [lang, texts] = size.width < 720 ? (['en', en] as const) : (['zh', zh] as const);
    const viewer = await Viewer.open(browser(), size, `/?lang=${lang}#map=3.4/25/110`);
    const caution = viewer.page.locator('.caution [role="status"]');
    const drawn = (layer: string) =>
      viewer.page.evaluate((id) => {
        const map = window.jingweiMap;
        return map?.getLayer(id) ? map.queryRenderedFeatures({ layers: [id] }).length : 0;
      }, layer);
    if (incomplete) {
      await caution.waitFor();
      expect(await caution.textContent()).toBe(texts.caution.incomplete.replace('{{name}}', '国界 2024'));
      await viewer.page.locator('.caution summary').click();
      expect(await viewer.page.locator('.caution code').textContent()).toContain('jingwei import boundaries');
      expect(await drawn('boundary-lines-south-china-sea')).toBe(0);
      expect(await drawn('dash-line')).toBeGreaterThan(0);
    } else {
      await expect.poll(() => drawn('boundary-lines-south-china-sea')).toBeGreaterThan(0);
      await expect.poll(() => drawn('dash-line')).toBe(0);
      expect(await viewer.page.locator('.caution').isVisible()).toBe(false);
    }
    const source = await viewer.page.locator('.attribution').textContent();
    expect(source).toContain('国界 2024');
    expect(source).toContain('GS(2024)0650号');
    expect(await viewer.violations()).toEqual([]);
    const sheet = await printed(viewer);
    expect(sheet('source')).toContain('国界2024');
    expect(sheet('source')).toContain('GS(2024)0650号');
    const warning = texts.caution.incomplete.replace('{{name}}', '国界 2024').replaceAll(' ', '');
    expect(sheet('warning')).toBe(incomplete ? warning : '');
    await viewer.screenshot(`country-${incomplete ? 'incomplete' : 'complete'}-${lang}`);
    await viewer.jump(120.15, 30.27, 9);
    expect(await viewer.page.locator('.caution').isVisible()).toBe(false);
    expect(viewer.faults).toEqual([]);
    await viewer.close();
  });
});
