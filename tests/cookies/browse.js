// Drives Chromium through steps: node browse.js MODULES CHROMIUM < STEPS.json
// Each step is [what, ...]; what each one saw is printed as JSON. A browser that sends Global Privacy
// Control has it in its scripts and in its headers; Chromium itself has neither.
'use strict';
const path = require('path');
const [modules, executablePath] = process.argv.slice(2);
const { chromium } = require(path.resolve(modules, 'playwright-core'));

// Asked from outside: what a page evaluates itself, its Content-Security-Policy forbids.
async function wait(page, until) {
  for (const end = Date.now() + 30000; !await page.evaluate(until);) {
    if (Date.now() > end) throw new Error(`never: ${until}`);
    await new Promise((go) => setTimeout(go, 20));
  }
}

const steps = {
  async fresh(state, signal) {
    if (state.context) await state.context.close();
    state.context = await state.browser.newContext(signal ? { extraHTTPHeaders: { 'Sec-GPC': signal } } : {});
    if (signal === '1')
      await state.context.addInitScript(() => Object.defineProperty(Navigator.prototype, 'globalPrivacyControl',
        { get: () => true }));
    state.page = await state.context.newPage();
    state.complaints = [];
    state.page.on('console', (message) => state.complaints.push(message.text()));
    state.page.on('pageerror', (error) => state.complaints.push(String(error)));
  },
  async go(state, url) {
    await state.page.goto(url, { waitUntil: 'load' });
  },
  async run(state, expression) {
    return state.page.evaluate(expression);
  },
  async wait(state, until) {
    await wait(state.page, until);
  },
  async key(state, name) {
    await state.page.keyboard.press(name);
  },
  async shot(state, file) {
    await state.page.screenshot({ path: file });
  },
  async reloads(state, expression) {
    const loaded = state.page.waitForEvent('load', { timeout: 20000 });
    await state.page.evaluate(expression).catch(() => {});
    await loaded;
  },
  async jar(state) {
    const found = await state.context.cookies();
    return found.map((one) => ({ ...one, left: one.expires < 0 ? -1 : Math.round(one.expires - Date.now() / 1000) }));
  },
  async complaints(state) {
    return state.complaints.splice(0);
  },
};

(async () => {
  let text = '';
  for await (const piece of process.stdin) text += piece;
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const state = { browser };
  const seen = [];
  for (const [what, ...rest] of JSON.parse(text)) {
    const found = await steps[what](state, ...rest);
    seen.push(found === undefined ? null : found);
  }
  await browser.close();
  console.log(JSON.stringify(seen));
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
