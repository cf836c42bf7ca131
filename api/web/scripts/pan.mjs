// Pans and zooms the map of a running server in Chromium and reports the longest tasks of the main thread, from a trace.
//
//	node scripts/pan.mjs http://127.0.0.1:8080 [views]
//
// Each view is a hash of the map's URL; the default ones are the whole country, a coast and a city. Chromium draws in
// software (SwiftShader) unless the machine has a graphics card: its work stands in other threads than the page's own.
import { launch } from './chromium.mjs';

const [url = 'http://127.0.0.1:8080', ...views] = process.argv.slice(2);
const places = views.length > 0 ? views : ['4/35.5/104.5', '7/31.2/120.5', '11/31.2/121.45'];
const traced = ['devtools.timeline', 'toplevel'];

const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
const session = await page.context().newCDPSession(page);

for (const place of places) {
  await page.goto(`${url}/?_=${encodeURIComponent(place)}#${place}`);
  await page.waitForFunction(() => document.querySelector('canvas') !== null);
  await page.waitForLoadState('networkidle');
  // What loads is not what pans: the map has drawn all that it asked for, and the page has done what that led to.
  await page.waitForFunction(() => window.jingweiMap?.loaded() && !window.jingweiMap.isMoving());
  await page.waitForTimeout(2000);
  const events = await record(pan);
  print(place, events);
}
await browser.close();

async function pan() {
  await page.mouse.move(720, 450);
  for (const [dx, dy] of [
    [-400, 0],
    [0, -250],
    [300, 200],
    [-200, 150],
  ]) {
    await page.mouse.down();
    for (let step = 1; step <= 20; step++) {
      await page.mouse.move(720 + (dx * step) / 20, 450 + (dy * step) / 20);
      await page.waitForTimeout(16);
    }
    await page.mouse.up();
    await page.waitForTimeout(400);
    await page.mouse.move(720, 450);
  }
  for (const delta of [-300, -300, 300, 300]) {
    await page.mouse.wheel(0, delta);
    await page.waitForTimeout(700);
  }
  await page.waitForLoadState('networkidle');
}

async function record(work) {
  const events = [];
  const collect = ({ value }) => events.push(...value);
  session.on('Tracing.dataCollected', collect);
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: traced },
  });
  await work();
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  session.off('Tracing.dataCollected', collect);
  return events;
}

// print tells the tasks of the thread that runs the page, the one of a renderer with most tasks: their time on the clock
// and, in brackets, on the processor, which other work on the machine does not lengthen. Of the longest it tells what ran.
function print(place, events) {
  const mains = events.filter((e) => e.name === 'thread_name' && e.args.name === 'CrRendererMain');
  const threads = mains.map((m) => events.filter((e) => e.pid === m.pid && e.tid === m.tid && e.dur));
  const isTask = (e) => e.name === 'ThreadControllerImpl::RunTask';
  const thread = threads.sort((a, b) => b.filter(isTask).length - a.filter(isTask).length)[0] ?? [];
  const tasks = thread.filter(isTask).sort((a, b) => b.dur - a.dur);
  const over = (limit, time) => tasks.filter((t) => time(t) / 1000 > limit).length;
  const count = (limit) => `${over(limit, (t) => t.dur)} (${over(limit, (t) => t.tdur ?? 0)})`;
  console.log(`${place}: ${tasks.length} tasks, over 50 ms: ${count(50)}, over 100 ms: ${count(100)}`);
  for (const task of tasks.slice(0, 4)) {
    const inside = thread
      .filter((e) => e !== task && e.ts >= task.ts && e.ts + e.dur <= task.ts + task.dur)
      .sort((a, b) => b.dur - a.dur)
      .slice(0, 4)
      .map((e) => `${e.name} ${e.args?.data?.functionName ?? ''} ${(e.dur / 1000).toFixed(0)}`);
    const ms = (us) => ((us ?? 0) / 1000).toFixed(0);
    console.log(`  ${ms(task.dur)} ms (${ms(task.tdur)}): ${inside.join(', ')}`);
  }
}
