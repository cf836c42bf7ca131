import { chromium } from 'playwright-core';

/** Starts a browser that draws WebGL without a graphics card; JINGWEI_CHROMIUM names another one than /usr/bin/chromium. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.JINGWEI_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-dev-shm-usage',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--ignore-gpu-blocklist',
      '--disable-gpu-compositing', // pages are put together where they are drawn: sending them to the software card takes longer
    ],
  });
}
