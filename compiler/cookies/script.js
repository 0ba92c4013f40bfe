// names: choice life home states signal requests tables data secure jar put page shown ran known said now
// names: found part value current match one owner place mayPut ends text key store clean path domain there
// names: at bad tags tag ok copy buttons label effect button apply first request kept pair is seconds name names
(() => {
"use strict";
// What the policy says. Of each state "?" is unknown, "0" no, "1" yes; "-" leaves it alone.
const [choice, life, home, states, signal, requests, tables, data] = @POLICY@;
const secure = location.protocol === "https:" ? ";Secure" : "";
const { get, set } = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
const jar = () => get.call(document).split(/; */);
const put = (name, value, seconds, path, domain) => set.call(document, name + "=" + value + ";Path=" + path +
  (domain && ";Domain=" + domain) + ";SameSite=Lax;Max-Age=" + seconds + secure);
let page = "", shown, ran;

// The states of this visitor: no choice is what nobody ever switched on. Two choices that differ, or one
// that cannot be read, are none that is known.
const known = () => {
  let said = [];
  try {
    said = jar().filter((pair) => pair.startsWith(choice + "=")).map((pair) => pair.slice(choice.length + 1));
  } catch {
    said = ["?"];
  }
  if (!said[0] && page) said = [page];
  let now;
  for (const value of said) {
    const found = states.map(() => "0");
    let bad;
    for (const part of value.split("!")) {
      const [, name, is] = /^([a-z0-9.-]+):([01?])$/.exec(part) || [];
      if (states.includes(name)) found[states.indexOf(name)] = is;
      bad = bad || !name;
    }
    if (bad) found.fill("?");
    now = now ? now.map((is, i) => is === found[i] ? is : "?") : found;
  }
  return now || states.map(() => "0");
};
const current = () => known().map((is, i) =>
  signal[i] > "-" && navigator.globalPrivacyControl === true ? signal[i] : is);

const may = (name) => data.has(name) &&
  tables[data.get(name)[0]][current().reduce((n, is) => n * 3 + "?01".indexOf(is), 0)] === "1";
const match = (names, name) => names.some((one) =>
  one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : name === one);
const owner = (place, name) => [...data].find(([, entry]) => match(entry[place], name));

// Scripts that run already go on: what they would set is not set.
const mayPut = (name) => {
  const found = owner(1, name);
  if (found ? may(found[0]) : name === choice) return true;
  console.warn("avow: the policy does not permit the cookie " + name + " now");
};
const ends = (text) => /;\s*max-age\s*=/i.test(text) ? /;\s*max-age\s*=\s*(0|-\d+)\s*(;|$)/i.test(text) :
  Date.parse((/;\s*expires\s*=([^;]*)/i.exec(text) || [])[1]) < Date.now();
Object.defineProperty(Document.prototype, "cookie", { enumerable: true, get, set(text) {
  text = String(text);
  if (ends(text) || mayPut(text.split(/[=;]/)[0].trim())) set.call(this, text);
} });
const { setItem } = Storage.prototype;
Storage.prototype.setItem = function (key, value) {
  const found = owner(2, String(key));
  if (!found || may(found[0])) setItem.call(this, key, value);
};
if (window.CookieStore) {
  const store = CookieStore.prototype.set;
  CookieStore.prototype.set = async function (one) {
    if (mayPut(one && one.name || String(one))) return store.apply(this, arguments);
  };
}

const clean = () => {
  for (const [name, [, cookies, keys, path, domain]] of data) {
    if (may(name)) continue;
    try {
      const there = jar().map((pair) => pair.split("=")[0]).filter((one) => match(cookies, one));
      for (const one of [...there, ...cookies.filter((one) => !one.endsWith("*"))]) {
        for (const at of ["", path]) put(one, "", 0, at, "");
        if (domain) put(one, "", 0, path, domain);
      }
      for (const store of [localStorage, sessionStorage])
        for (const key of Object.keys(store)) if (match(keys, key)) store.removeItem(key);
    } catch {}
  }
};

// A tag is what the page has it for once all of its data may be there, and never before.
const tags = () => {
  for (const tag of document.querySelectorAll("[data-avow]")) {
    const ok = tag.dataset.avow.trim().split(/\s+/).every(may);
    const copy = tag.cloneNode(true);
    if (tag.localName === "script") {
      if (tag.type !== "text/plain") ran = ran || !ok;
      else if (ok) {
        copy.type = "text/javascript";
        copy.async = tag.hasAttribute("async");
        tag.replaceWith(copy);
      }
    } else if (ok !== tag.hasAttribute("src")) {
      if (ok) copy.src = tag.dataset.src;
      else copy.removeAttribute("src");
      tag.replaceWith(copy);
    }
  }
};
const buttons = () => {
  const now = current();
  for (const place of document.querySelectorAll("[data-avow-choice]")) {
    requests.forEach(([, label, effect], i) => {
      const button = place.children[i] || place.appendChild(document.createElement("button"));
      button.type = "button";
      button.textContent = label;
      button.ariaPressed = now.every((is, k) => effect[k] === "-" || effect[k] === is);
      button.onclick = () => record(requests[i][0]);
    });
  }
};

const apply = () => {
  clean();
  if (document.readyState !== "loading") {
    tags();
    buttons();
  }
  const now = current().join("");
  if (shown === now) return;
  const first = shown === undefined;
  shown = now;
  // A script that has lost its leave can only be stopped with its page.
  if (document.dispatchEvent(new CustomEvent("avow", { cancelable: true })) && ran && !first) location.reload();
};

// True if the browser keeps it; else it counts for this page.
const record = (name) => {
  const request = requests.find(([one]) => one === name);
  if (!request) throw new RangeError("avow: there is no request " + name);
  const now = known().map((is, i) => request[2][i] === "-" ? is : request[2][i]);
  page = now.map((is, i) => states[i] + ":" + is).join("!");
  put(choice, page, life, "/", home);
  const kept = jar().includes(choice + "=" + page);
  apply();
  return kept;
};

window.avow = Object.freeze({ may, record });
apply();
document.addEventListener("DOMContentLoaded", () => {
  apply();
  new MutationObserver(tags).observe(document, { childList: true, subtree: true });
});
for (const event of ["focus", "pageshow"]) addEventListener(event, apply);
})();
