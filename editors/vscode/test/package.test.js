// What is in the package, and what the colours make of programs.

const assert = require("node:assert");
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");
const oniguruma = require("vscode-oniguruma");
const textmate = require("vscode-textmate");

const root = path.join(__dirname, "..");

test("the package holds what it needs and nothing else", () => {
  const list = execFileSync("unzip", ["-Z1", path.join(root, "persona.vsix")], { encoding: "utf8" });
  const files = list.split("\n").filter((name) => name.startsWith("extension/")).sort();
  assert.deepStrictEqual(files, [
    "extension/LICENSE.txt",
    "extension/dist/extension.js",
    "extension/language-configuration.json",
    "extension/package.json",
    "extension/readme.md",
    "extension/syntaxes/liquid.tmLanguage.json",
    "extension/syntaxes/persona.tmLanguage.json",
  ]);
});

/** Every token of a program with its scopes. */
async function coloured(program) {
  const wasm = fs.readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  const files = { "source.persona": "persona", "liquid.persona.injection": "liquid" };
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (scope) => {
      if (!files[scope]) return null;
      const file = path.join(root, "syntaxes", `${files[scope]}.tmLanguage.json`);
      return textmate.parseRawGrammar(fs.readFileSync(file, "utf8"), file);
    },
  });
  const grammar = await registry.loadGrammar("source.persona");
  let state = textmate.INITIAL;
  const all = [];
  for (const line of program.split("\n")) {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    for (const token of tokens) {
      const text = line.slice(token.startIndex, token.endIndex).trim();
      if (text) all.push([text, token.scopes.slice(1).join(" ")]);
    }
  }
  return all;
}

test("words, names, values and Liquid have their colours", async () => {
  const tokens = await coloured(`/// Best.
segment vip "VIP" {
  when spend > 100 GBP and any(visit in last 7 days)
}
customer { email: email pii }
content hero {
  otherwise """
<p>{{ name | default: "you" }}{% if tier == gold %}!{% endif %}</p>
"""
}
email hello { subject "Hi {{ name | upcase }}, it's \\"you\\"" }
`);
  const has = (text, part) => {
    const found = tokens.filter(([t]) => t === text);
    assert.ok(found.some(([, scopes]) => scopes.includes(part)), `${text} as ${part}: ${JSON.stringify(found)}`);
  };
  has("/// Best.", "comment.line.documentation");
  has("segment", "storage.type");
  has("vip", "entity.name.type");
  has("when", "keyword");
  has("100", "constant.numeric");
  has("GBP", "keyword.other.unit");
  has("and", "keyword.operator.word");
  has("any", "support.function");
  has("email", "variable.other.property");
  has("pii", "keyword.control");
  has("if", "keyword.control.liquid");
  has("default", "support.function.filter.liquid");
  has("name", "variable.other.liquid");
  has("upcase", "string.quoted.double.persona meta.embedded.print.liquid");
  has("hello", "entity.name.type");
  const last = tokens[tokens.length - 1];
  assert.strictEqual(last[0], "}", "a string ends where it ends");
  assert.ok(!last[1].includes("string"), last[1]);
});
