// Visits pages of avowd in Chromium as people do, and prints as JSON what there was:
//   node visit.js MODULES CHROMIUM JOB.json [PICTURES]
// The job: { pages: {name: [URL, views]}, walks: [{name, url, script, steps, headers}], frame: URL }.
// A step of a walk is ["keys" or "click", the text of a button or link], or ["download", selector].
'use strict';
const fs = require('fs');
const path = require('path');

const [modules, executablePath, jobFile, pictures] = process.argv.slice(2);
const { chromium } = require(path.resolve(modules, 'playwright-core'));
const axe = fs.readFileSync(path.join(modules, 'axe-core', 'axe.min.js'), 'utf8');
const job = JSON.parse(fs.readFileSync(jobFile, 'utf8'));

// Zoom to 400 % quarters the width in CSS pixels.
const views = [
  { name: 'desktop', width: 1280, height: 900 },
  { name: 'dark', width: 1280, height: 900, colorScheme: 'dark' },
  { name: 'phone', width: 320, height: 640, isMobile: true },
  { name: 'zoomed', width: 320, height: 256, scale: 4, colorScheme: 'dark' },
];

async function open(browser, view, more) {
  const context = await browser.newContext({
    viewport: { width: view.width, height: view.height },
    deviceScaleFactor: view.scale || 1,
    colorScheme: view.colorScheme || 'light',
    isMobile: Boolean(view.isMobile),
    hasTouch: Boolean(view.isMobile),
    ...more,
  });
  const page = await context.newPage();
  const seen = { requests: [], complaints: [] };
  page.on('request', (request) => seen.requests.push(request.method() + ' ' + request.url()));
  page.on('console', (message) => seen.complaints.push(message.text()));
  page.on('pageerror', (error) => seen.complaints.push(String(error)));
  return { context, page, seen };
}

async function check(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const found = await window.axe.run(document, {
      resultTypes: ['violations'],
      rules: { 'target-size': { enabled: true }, 'label-content-name-mismatch': { enabled: true } },
    });
    return found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes[0].html} ${v.nodes[0].failureSummary}`);
  });
}

async function look(browser, name, url, view) {
  const { context, page, seen } = await open(browser, view, {});
  await page.goto(url);
  const violations = await check(page);
  const measured = await page.evaluate(() => ({
    rules: window.axe.getRules().length,
    scrolls: document.documentElement.scrollWidth > document.documentElement.clientWidth,
    lang: document.documentElement.lang,
    background: getComputedStyle(document.documentElement).backgroundColor,
    small: [...document.querySelectorAll('button, a')]
      .filter((e) => e.getBoundingClientRect().height < 24).map((e) => e.outerHTML),
  }));
  if (pictures)
    await page.screenshot({ path: path.join(pictures, `${name}-${view.name}.png`), fullPage: true });
  const cookies = await context.cookies();
  await context.close();
  return { page: name, view: view.name, violations, cookies, ...seen, ...measured };
}

// Tab until the focus is where a text stands; each place of the focus must be seen.
async function tabTo(page, text) {
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const e = document.activeElement, style = getComputedStyle(e);
      return { text: e.textContent, ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 };
    });
    if (at.text === text)
      return at.ring;
  }
  throw new Error(`the keyboard does not reach ${text}`);
}

async function walk(browser, { name, url, script, steps, headers }) {
  const { context, page, seen } = await open(browser, views[0], {
    javaScriptEnabled: script, extraHTTPHeaders: headers || {} });
  await page.goto(url);
  const texts = [await page.textContent('main')], rings = [];
  for (const [kind, text] of steps) {
    if (kind === 'click')
      await Promise.all([page.waitForNavigation(), page.getByText(text, { exact: true }).locator('visible=true').last().click()]);
    else if (kind === 'keys') {
      rings.push(await tabTo(page, text));
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    } else if (kind === 'download') {
      const [download] = await Promise.all([page.waitForEvent('download'), page.locator(text).first().click()]);
      texts.push(fs.readFileSync(await download.path(), 'utf8'));
      continue;
    }
    texts.push((await page.textContent('main')).replace(/\s+/g, ' ').trim());
  }
  if (pictures)
    await page.screenshot({ path: path.join(pictures, `walk-${name}.png`), fullPage: true });
  await context.close();
  return { name, texts, rings, ...seen };
}

// A page of another site that puts ours into a frame, to have it clicked on.
async function frame(browser, url) {
  const { context, page, seen } = await open(browser, views[0], {});
  await page.setContent(`<iframe src="${url}" width="800" height="600"></iframe>`);
  await page.waitForLoadState('networkidle');
  const shown = page.frames()[1] ? await page.frames()[1].evaluate(() => document.querySelectorAll('button').length).catch(() => 0) : 0;
  await context.close();
  return { shown, complaints: seen.complaints };
}

(async () => {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const out = { looks: [], walks: [] };
  for (const [name, [url, seen]] of Object.entries(job.pages || {}))
    for (const view of views.filter((one) => seen.includes(one.name)))
      out.looks.push(await look(browser, name, url, view));
  for (const one of job.walks || [])
    out.walks.push(await walk(browser, one));
  if (job.frame)
    out.frame = await frame(browser, job.frame);
  await browser.close();
  console.log(JSON.stringify(out));
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
