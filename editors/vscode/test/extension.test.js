// The bundled extension in a small editor of our own, talking with a real `persona lsp`.

const assert = require("node:assert");
const fs = require("node:fs");
const Module = require("node:module");
const os = require("node:os");
const path = require("node:path");
const { test } = require("node:test");
const { editor } = require("./editor");

const root = path.join(__dirname, "..");
const persona = process.env.PERSONA || path.join(root, "..", "..", "target", "debug", "persona");
const PROGRAM = "customer { id: string key  email: email }\n/// Twice.\ntrait twice = 2\ntrait x = twise\n";

/** Loads the bundle where `vscode` is this editor. */
function load(vscode) {
  const bundle = path.join(root, "dist", "extension.js");
  delete require.cache[bundle];
  const usual = Module._load;
  Module._load = (name, ...rest) => (name === "vscode" ? vscode : usual(name, ...rest));
  try {
    return require(bundle);
  } finally {
    Module._load = usual;
  }
}

test("the bundle starts the server, shows problems and hovers, and ends it", { timeout: 60_000 }, async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "persona-"));
  fs.writeFileSync(path.join(folder, "persona.toml"), '[project]\nname = "shop"\n');
  fs.writeFileSync(path.join(folder, "shop.persona"), PROGRAM);
  const { vscode, events, providers, document } = editor(folder, "shop.persona", PROGRAM, persona);
  const told = new Promise((resolve, reject) => {
    events.on("problems", (list) => list.length > 0 && resolve(list));
    events.on("told", (message) => reject(new Error(message)));
  });
  const extension = load(vscode);
  await extension.activate({ subscriptions: [] });
  const [problem] = await told;
  assert.match(problem.message, /^there is no .* called `twise`/);
  assert.strictEqual(problem.range.start.line, 3);
  const token = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose() {} }) };
  const hover = await providers.Hover.provideHover(document, new vscode.Position(2, 8), token);
  const text = JSON.stringify(hover);
  assert.ok(text.includes("trait twice: int") && text.includes("Twice."), text);
  await extension.deactivate();
  fs.rmSync(folder, { recursive: true, force: true });
});

test("a command that is not there is told", { timeout: 60_000 }, async () => {
  const { vscode, events } = editor(os.tmpdir(), "shop.persona", PROGRAM, path.join(os.tmpdir(), "no-such-command"));
  const told = [];
  events.on("told", (message) => told.push(message));
  const extension = load(vscode);
  await extension.activate({ subscriptions: [] });
  assert.ok(told.some((message) => message.includes("no-such-command lsp` does not start")), told.join());
  await extension.deactivate();
});
