// The scopes of every line of the files named, as VS Code finds them:
//
//   node scopes.js MODULES GRAMMAR FILE...
//
// prints a JSON list of files, each a list of lines, each a list of [begin, end, scopes].
"use strict";
const fs = require("fs");
const path = require("path");
const [modules, grammarPath, ...files] = process.argv.slice(2);
const oniguruma = require(path.join(modules, "vscode-oniguruma"));
const textmate = require(path.join(modules, "vscode-textmate"));

const wasm = fs.readFileSync(path.join(modules, "vscode-oniguruma/release/onig.wasm"));
const onigLib = oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset,
  wasm.byteOffset + wasm.byteLength)).then(() => ({
  createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
  createOnigString: (text) => new oniguruma.OnigString(text),
}));
const registry = new textmate.Registry({
  onigLib,
  loadGrammar: async () => textmate.parseRawGrammar(fs.readFileSync(grammarPath, "utf8"),
    grammarPath),
});

registry.loadGrammar("source.avow").then((grammar) => {
  console.log(JSON.stringify(files.map((file) => {
    let state = textmate.INITIAL;
    return fs.readFileSync(file, "utf8").split("\n").map((line) => {
      const found = grammar.tokenizeLine(line, state);
      state = found.ruleStack;
      return found.tokens.map((token) => [token.startIndex, token.endIndex, token.scopes]);
    });
  })));
}).catch((error) => {
  console.error(error);
  process.exit(1);
});
