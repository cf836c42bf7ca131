// Drags a lasso over most of the country on the map of a running server, on a desk and on a phone, and prints a line of JSON for each:
// how often the number on the page changed, how long the answers took, the longest task of the main thread (from a trace), and
// the number at the end beside that of PostGIS. It fails when those two differ.
//
//	node scripts/lasso.mjs http://127.0.0.1:8080 DATA-DIR [SECONDS]
//
// DATA-DIR is the server's data directory: PostGIS is asked by `bin/jingwei psql --data-dir DATA-DIR`. Chromium draws in software
// (SwiftShader) unless the machine has a graphics card.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { launch } from './chromium.mjs';

const [url = 'http://127.0.0.1:8080', dataDir = '.jingwei', seconds = '6'] = process.argv.slice(2);
const program = join(import.meta.dirname, '../../../bin/jingwei');
const sizes = [
  { width: 1440, height: 900, view: '4/35.5/104.5', middle: [720, 470], reach: [420, 300] },
  { width: 390, height: 844, view: '2.6/35/104', middle: [190, 420], reach: [150, 190] },
];

const browser = await launch();
let wrong = 0;
for (const size of sizes) {
  const result = await measure(size);
  console.log(JSON.stringify(result));
  if (result.number !== result.postgis) wrong++;
}
await browser.close();
process.exit(wrong);

async function measure({ width, height, view, middle, reach }) {
  const phone = width < 720;
  const context = await browser.newContext({
    viewport: { width, height },
    hasTouch: phone,
    reducedMotion: phone ? 'no-preference' : 'reduce',
  });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  const rings = [];
  page.on('request', (request) => {
    if (isCount(request)) rings.push(request.postData());
  });
  await page.goto(`${url}/#map=${view}`);
  await page.waitForFunction(() => window.jingweiMap?.loaded() && !window.jingweiMap.isMoving());
  await page.waitForTimeout(2000);
  await page.locator('.tools-button').click();
  await page.locator('[data-tool="lasso"]').click();
  await page.locator('[data-drawing="lasso"]').waitFor();
  await page.evaluate(watch);
  const hand = phone ? finger(session) : mouse(page);
  const events = await record(session, () => drag(page, hand, way(middle, reach)));
  const drawn = await page.evaluate(() => window.lassoWatch);
  const answers = await page.evaluate(times);
  await hand.up();
  const total = page.locator('.area-card [data-total][data-fresh="true"]');
  await total.waitFor({ state: 'attached' });
  const number = Number(await total.getAttribute('data-total'));
  const tasks = mainTasks(events);
  await context.close();
  return {
    size: `${width}x${height}`,
    vertices: JSON.parse(rings.at(-1)).coordinates[0].length,
    ...rateOf(drawn),
    answers: answers.length,
    answer_p50_ms: percentile(answers, 0.5),
    answer_p95_ms: percentile(answers, 0.95),
    answer_max_ms: percentile(answers, 1),
    longest_task_ms: Math.max(0, ...tasks.map((task) => Math.round(task.dur / 1000))),
    longest_task_cpu_ms: Math.max(0, ...tasks.map((task) => Math.round((task.tdur ?? 0) / 1000))),
    tasks_over_50_ms: tasks.filter((task) => task.dur > 50_000).length,
    number,
    postgis: counted(rings.at(-1)),
  };
}

function isCount(request) {
  return request.method() === 'POST' && request.url().includes('/aggregate');
}

/** Runs in the page: notes when the number that a person sees becomes another one. */
function watch() {
  window.lassoWatch = { began: performance.now(), changes: [] };
  performance.setResourceTimingBufferSize(10_000);
  performance.clearResourceTimings();
  let last = null;
  new MutationObserver(() => {
    const shown = document.querySelector('.so-far')?.dataset.live;
    if (shown === undefined || shown === last) return;
    last = shown;
    window.lassoWatch.changes.push(performance.now());
  }).observe(document.body, {
    subtree: true,
    childList: true,
    characterData: true,
    attributeFilter: ['data-live'],
  });
}

/** Runs in the page: how long each answer took, from the question to its last byte, in ascending order. */
function times() {
  return performance
    .getEntriesByType('resource')
    .filter((entry) => entry.name.includes('/aggregate'))
    .map((entry) => entry.responseEnd - entry.startTime)
    .sort((a, b) => a - b);
}

/** Changes of the number in a second, from the first to the last of them, and the longest time without one. */
function rateOf({ changes }) {
  const gaps = changes.slice(1).map((at, i) => at - changes[i]);
  const span = (changes.at(-1) - changes[0]) / 1000;
  return {
    updates: changes.length,
    updates_per_second: Math.round((10 * gaps.length) / span) / 10,
    longest_gap_ms: Math.round(Math.max(...gaps)),
  };
}

function percentile(sorted, share) {
  return Math.round(10 * (sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0)) / 10;
}

/** Once round the middle, with bays, a step for each frame of a display. */
function way([x, y], [right, down]) {
  const steps = Math.round(Number(seconds) * 60);
  return Array.from({ length: steps }, (_, i) => {
    const angle = (2 * Math.PI * i) / steps;
    const r = 1 - 0.15 * Math.abs(Math.sin(5 * angle));
    return [x + right * r * Math.cos(angle), y + down * r * Math.sin(angle)];
  });
}

/** Moves as a hand does, sixty steps a second, whether or not the page has caught up with the step before. */
async function drag(page, hand, points) {
  const began = Date.now();
  const steps = [];
  for (const [i, [x, y]] of points.entries()) {
    if (i === 0) await hand.down(x, y);
    else steps.push(hand.move(x, y));
    const left = began + (1000 * (i + 1)) / 60 - Date.now();
    if (left > 0) await page.waitForTimeout(left);
  }
  await Promise.all(steps);
}

function mouse({ mouse }) {
  return {
    down: async (x, y) => {
      await mouse.move(x, y);
      await mouse.down();
    },
    move: (x, y) => mouse.move(x, y),
    up: () => mouse.up(),
  };
}

function finger(session) {
  const send = (type, touchPoints) => session.send('Input.dispatchTouchEvent', { type, touchPoints });
  return {
    down: (x, y) => send('touchStart', [{ x, y }]),
    move: (x, y) => send('touchMove', [{ x, y }]),
    up: () => send('touchEnd', []),
  };
}

async function record(session, work) {
  const events = [];
  const collect = ({ value }) => events.push(...value);
  session.on('Tracing.dataCollected', collect);
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['devtools.timeline', 'toplevel'] },
  });
  await work();
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  session.off('Tracing.dataCollected', collect);
  return events;
}

/** The tasks of the thread that runs the page, the one of a renderer with most of them. */
function mainTasks(events) {
  const mains = events.filter((e) => e.name === 'thread_name' && e.args.name === 'CrRendererMain');
  const isTask = (e) => e.name === 'ThreadControllerImpl::RunTask' && e.dur;
  const threads = mains.map((m) => events.filter((e) => e.pid === m.pid && e.tid === m.tid && isTask(e)));
  return threads.sort((a, b) => b.length - a.length)[0] ?? [];
}

/** What PostGIS counts in the area. */
function counted(geometry) {
  const sql = `select count(*) from jingwei.organization_version
    where upper_inf(recorded) and status = 'active' and valid @> (now() at time zone 'Asia/Shanghai')::date
    and st_covers(st_setsrid(st_geomfromgeojson('${geometry}'), 4326), location)`;
  return Number(
    execFileSync(program, ['psql', '--data-dir', dataDir, '--', '-Atc', sql], { encoding: 'utf8' }),
  );
}
