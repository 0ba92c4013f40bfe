// Uses the page of the matrix as a person would, and prints as JSON what it shows:
//   node matrix.js MODULES CHROMIUM FILE
'use strict';
const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');

const [modules, executablePath, file] = process.argv.slice(2);
const { chromium } = require(path.resolve(modules, 'playwright-core'));
const axe = fs.readFileSync(path.join(modules, 'axe-core', 'axe.min.js'), 'utf8');
const rows = (page) => page.locator('tbody tr:visible').count();

async function main() {
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
           '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const url = pathToFileURL(path.resolve(file)).href;
  const found = { violations: [], complaints: [], requests: [] };
  for (const colorScheme of ['light', 'dark']) {
    const page = await (await browser.newContext({ colorScheme, bypassCSP: true })).newPage();
    await page.goto(url);
    await page.evaluate(axe);
    const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    found.violations.push(...result.violations.map((v) => `${v.id}: ${v.nodes[0].html}`));
  }
  const page = await browser.newPage();
  page.on('request', (request) => { if (request.url() !== url) found.requests.push(request.url()); });
  page.on('console', (message) => found.complaints.push(message.text()));
  page.on('pageerror', (error) => found.complaints.push(String(error)));
  await page.goto(url);
  found.all = await rows(page);
  await page.getByLabel('What or whom').selectOption('issue.name');
  found['issue.name'] = await rows(page);
  await page.getByLabel('Allowed').selectOption('no');
  found.both = await rows(page);
  await page.getByLabel('What or whom').selectOption('');
  await page.getByLabel('Allowed').selectOption('');
  await page.getByLabel('Words').fill('Opt-Out');
  found.words = await rows(page);
  found['with opt-out'] = await page.locator('tbody tr', { hasText: 'opt-out' }).count();
  await page.emulateMedia({ media: 'print' });
  found['printed form'] = await page.evaluate(() => getComputedStyle(document.querySelector('form')).display);
  const quiet = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
  await quiet.goto(url);
  found['without script'] = await rows(quiet);
  await browser.close();
  process.stdout.write(JSON.stringify(found));
}

main().catch((error) => { console.error(error); process.exit(1); });
