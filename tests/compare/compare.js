// Looks at a comparison as a page, and prints as JSON what is wrong with it:
//   node compare.js MODULES CHROMIUM FILE
'use strict';
const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');

const [modules, executablePath, file] = process.argv.slice(2);
const { chromium } = require(path.resolve(modules, 'playwright-core'));
const axe = fs.readFileSync(path.join(modules, 'axe-core', 'axe.min.js'), 'utf8');

async function main() {
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
           '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const url = pathToFileURL(path.resolve(file)).href;
  const found = { violations: [], complaints: [], requests: [], overflow: [] };
  for (const options of [{ colorScheme: 'light', width: 1280 }, { colorScheme: 'dark', width: 1280 },
                         { colorScheme: 'light', width: 360 }]) {
    const context = await browser.newContext({
      colorScheme: options.colorScheme, bypassCSP: true, viewport: { width: options.width, height: 800 } });
    const page = await context.newPage();
    await page.goto(url);
    await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
    await page.evaluate(axe);
    const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    found.violations.push(...result.violations.map((v) => `${v.id}: ${v.nodes[0].html}`));
    if (await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth))
      found.overflow.push(options.width);
  }
  const page = await browser.newPage();
  page.on('request', (request) => { if (request.url() !== url) found.requests.push(request.url()); });
  page.on('console', (message) => found.complaints.push(message.text()));
  page.on('pageerror', (error) => found.complaints.push(String(error)));
  await page.goto(url);
  found.background = await page.evaluate(
    () => getComputedStyle(document.querySelector('article')).borderLeftWidth);
  found.headings = await page.locator('h2').allTextContents();
  found.sentences = await page.locator('h3').allTextContents();
  found.deleted = await page.locator('del').allTextContents();
  found.bold = await page.locator('article b').count();
  await browser.close();
  process.stdout.write(JSON.stringify(found));
}

main().catch((error) => { console.error(error); process.exit(1); });
