// node wasm.mjs CORE.wasm BUNDLE POINTS: opens the bundle in the core as wasm and walks all points.
import { readFileSync } from "node:fs";

const [wasm, bundlePath, pointsPath] = process.argv.slice(2);
const { instance } = await WebAssembly.instantiate(readFileSync(wasm), {});
const { memory, heap, open, walk } = instance.exports;
const bundle = readFileSync(bundlePath);
const points = readFileSync(pointsPath);
const POINT = 40; // bytes: four 32-bit numbers, three 64-bit ones

const up = (n) => (n + 63) & ~63;
const bundleAt = heap();
const pointsAt = up(bundleAt + bundle.length);
const end = pointsAt + points.length;
if (end > memory.buffer.byteLength)
  memory.grow(Math.ceil((end - memory.buffer.byteLength) / 65536));
new Uint8Array(memory.buffer).set(bundle, bundleAt);
new Uint8Array(memory.buffer).set(points, pointsAt);

const table = open(bundleAt, bundle.length);
if (table === 0) {
  console.log("the core as wasm refuses the bundle");
  process.exit(1);
}
const count = points.length / POINT;
const at = walk(table, pointsAt, count) >>> 0;
if (at !== count || count === 0) {
  const view = new DataView(points.buffer, points.byteOffset + at * POINT, 16);
  console.log("DIFFERENCE at actor, verb, object, target",
    [0, 4, 8, 12].map((i) => view.getUint32(i, true)).join(" "));
  process.exit(1);
}
console.log(`points ${count}`);
