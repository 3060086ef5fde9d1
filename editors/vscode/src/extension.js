// Starts `persona lsp` and connects it to the editor. Everything else the server says.

const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

/** The connection, while there is one. */
let client;

function start() {
  const command = vscode.workspace.getConfiguration("persona").get("command") || "persona";
  const run = { command, args: ["lsp"], transport: TransportKind.stdio };
  const options = {
    documentSelector: [
      { scheme: "file", language: "persona" },
      // The templates that programs name, and the settings.
      { scheme: "file", pattern: "**/*.{html,htm,mjml,liquid,txt}" },
      { scheme: "file", pattern: "**/persona.toml" },
    ],
  };
  client = new LanguageClient("persona", "persona", { run, debug: run }, options);
  return client.start().catch(() => {
    // Why, the client shows itself.
    client = undefined;
    vscode.window.showErrorMessage(
      `\`${command} lsp\` does not start. Install the command, or set its path as "persona.command".`,
    );
  });
}

async function stop() {
  const running = client;
  client = undefined;
  await running?.stop();
}

async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("persona.restart", async () => {
      await stop();
      await start();
    }),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("persona.command")) {
        await stop();
        await start();
      }
    }),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
