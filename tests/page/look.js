// Looks at one HTML file in Chromium as readers do, and prints as JSON what is wrong with it:
//   node look.js MODULES CHROMIUM FILE [PRINT.pdf [PICTURES]]
// MODULES is the folder of the npm packages; PICTURES a folder for screenshots, to look at.
'use strict';
const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');

const [modules, executablePath, file, print, pictures] = process.argv.slice(2);
const { chromium } = require(path.resolve(modules, 'playwright-core'));
const axe = fs.readFileSync(path.join(modules, 'axe-core', 'axe.min.js'), 'utf8');

// Zoom to 200 % halves the width in CSS pixels and doubles the pixels in each.
const views = [
  { name: 'desktop', width: 1280, height: 900 },
  { name: 'dark', width: 1280, height: 900, colorScheme: 'dark' },
  { name: 'phone', width: 390, height: 844, touch: true },
  { name: 'narrow', width: 320, height: 640, touch: true },
  { name: 'narrow-dark', width: 320, height: 640, colorScheme: 'dark', touch: true },
  { name: 'zoomed', width: 640, height: 450, scale: 2 },
  { name: 'zoomed-dark', width: 640, height: 450, scale: 2, colorScheme: 'dark' },
];

async function check(page) {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const found = await window.axe.run(document, {
      resultTypes: ['violations'],
      rules: { 'target-size': { enabled: true }, 'css-orientation-lock': { enabled: true },
               'label-content-name-mismatch': { enabled: true } },
    });
    return found.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes[0].html} ${v.nodes[0].failureSummary}`);
  });
}

async function measure(page) {
  return page.evaluate(() => ({
    scrolls: document.documentElement.scrollWidth > document.documentElement.clientWidth,
    rules: window.axe ? window.axe.getRules().length : 0,
    dead: [...document.querySelectorAll('a[href^="#"]')]
      .filter((a) => !document.getElementById(decodeURIComponent(a.getAttribute('href').slice(1))))
      .map((a) => a.getAttribute('href')),
    styled: getComputedStyle(document.querySelector('.clause') || document.body).borderRadius,
    background: getComputedStyle(document.documentElement).backgroundColor,
  }));
}

async function look(browser, view) {
  const context = await browser.newContext({
    viewport: { width: view.width, height: view.height },
    deviceScaleFactor: view.scale || 1,
    colorScheme: view.colorScheme || 'light',
    hasTouch: Boolean(view.touch),
    isMobile: Boolean(view.touch),
  });
  const page = await context.newPage();
  const requests = [], complaints = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(pathToFileURL(file).href);
  const violations = await check(page);
  const measured = await measure(page);
  if (pictures) {
    await page.screenshot({ path: path.join(pictures, `${view.name}.png`), fullPage: true });
    await page.screenshot({ path: path.join(pictures, `${view.name}-top.png`) });
  }
  if (print && view.name === 'desktop')
    await page.pdf({ path: print, format: 'A4', printBackground: false });
  await context.close();
  return { view: view.name, violations, complaints, requests: requests.slice(1), ...measured };
}

(async () => {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const seen = [];
  for (const view of views)
    seen.push(await look(browser, view));
  await browser.close();
  console.log(JSON.stringify(seen));
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
