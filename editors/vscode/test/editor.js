// As much of an editor as the language client needs. What is not here answers with more of itself.

const { EventEmitter } = require("node:events");
const path = require("node:path");

class Uri {
  constructor(fsPath) {
    Object.assign(this, { scheme: "file", fsPath, path: fsPath, authority: "", query: "", fragment: "" });
  }
  static file(fsPath) { return new Uri(fsPath); }
  static parse(value) { return new Uri(decodeURIComponent(value.replace("file://", ""))); }
  toString() { return `file://${this.fsPath}`; }
  with() { return this; }
}

class Position {
  constructor(line, character) { Object.assign(this, { line, character }); }
}

class Range {
  constructor(a, b, c, d) {
    const [start, end] = typeof a === "number" ? [new Position(a, b), new Position(c, d)] : [a, b];
    Object.assign(this, { start, end });
  }
}

class Diagnostic {
  constructor(range, message, severity) { Object.assign(this, { range, message, severity }); }
}

/** A class that can be made, called and extended, whatever it is asked for. */
function anything() {
  return new Proxy(class { constructor(...values) { this.values = values; } }, {
    get: (target, key) => (key in target || typeof key === "symbol" ? target[key] : anything()),
    apply: () => ({ dispose() {} }),
  });
}

/** An editor that shows one file of a folder; `command` is its setting. */
exports.editor = function editor(folder, name, text, command) {
  const events = new EventEmitter();
  const disposable = { dispose() {} };
  const on = (event) => (listener, self) => {
    events.on(event, self ? listener.bind(self) : listener);
    return disposable;
  };
  const problems = new Map();
  const providers = {};
  const uri = Uri.file(path.join(folder, name));
  const document = {
    uri, fileName: uri.fsPath, languageId: "persona", version: 1, isUntitled: false, isDirty: false,
    isClosed: false, eol: 1, lineCount: text.split("\n").length, getText: () => text,
  };
  const workspaceFolder = { uri: Uri.file(folder), name: "shop", index: 0 };
  const register = (kind) => (...values) => {
    const provides = (value) => value && Object.keys(value).some((key) => key.startsWith("provide"));
    providers[kind] = values.find((value) => typeof value === "object" && provides(value));
    return disposable;
  };
  const kinds = [
    "Hover", "CompletionItem", "Definition", "Reference", "Rename", "InlayHints", "DocumentSymbol",
    "DocumentHighlight", "CodeActions", "DocumentFormattingEdit", "WorkspaceSymbol", "DocumentSemanticTokens",
  ];
  const happenings = [
    "onDidChangeConfiguration", "onDidOpenTextDocument", "onDidChangeTextDocument", "onDidCloseTextDocument",
    "onDidSaveTextDocument", "onWillSaveTextDocument", "onDidChangeWorkspaceFolders", "onDidCreateFiles",
    "onDidRenameFiles", "onDidDeleteFiles", "onWillCreateFiles", "onWillRenameFiles", "onWillDeleteFiles",
    "onDidOpenNotebookDocument", "onDidCloseNotebookDocument", "onDidChangeNotebookDocument",
    "onDidSaveNotebookDocument",
  ];
  const nothing = () => {};
  const output = Object.fromEntries(
    ["appendLine", "append", "show", "hide", "clear", "replace", "dispose", "trace", "debug", "info", "warn", "error"]
      .map((method) => [method, nothing]),
  );
  const vscode = {
    Uri, Position, Range, Diagnostic,
    version: "1.100.0",
    DiagnosticSeverity: { Error: 0, Warning: 1, Information: 2, Hint: 3 },
    DiagnosticTag: { Unnecessary: 1, Deprecated: 2 },
    EventEmitter: class {
      constructor() {
        const own = new EventEmitter();
        this.event = (listener) => { own.on("event", listener); return disposable; };
        this.fire = (value) => own.emit("event", value);
        this.dispose = nothing;
      }
    },
    CancellationTokenSource: class {
      constructor() {
        this.token = { isCancellationRequested: false, onCancellationRequested: () => disposable };
        this.cancel = this.dispose = nothing;
      }
    },
    Disposable: class { constructor(dispose) { this.dispose = dispose || nothing; } },
    env: { appName: "a small editor", language: "en", machineId: "", sessionId: "" },
    window: {
      activeTextEditor: undefined, visibleTextEditors: [],
      createOutputChannel: () => output,
      onDidChangeActiveTextEditor: on("active"), onDidChangeVisibleTextEditors: on("visible"),
      showErrorMessage: async (message) => { events.emit("told", message); },
      showInformationMessage: async () => {}, showWarningMessage: async () => {},
      tabGroups: { all: [], onDidChangeTabs: on("tabs"), onDidChangeTabGroups: on("groups") },
    },
    workspace: {
      name: "shop", rootPath: folder, textDocuments: [document], notebookDocuments: [],
      workspaceFolders: [workspaceFolder],
      getConfiguration: () => ({
        get: (key, other) => (key === "command" ? command : other), has: () => false, inspect: () => undefined,
      }),
      getWorkspaceFolder: () => workspaceFolder,
      createFileSystemWatcher: () => ({
        onDidCreate: on("created"), onDidChange: on("written"), onDidDelete: on("deleted"), dispose: nothing,
      }),
      fs: { isWritableFileSystem: () => true },
      ...Object.fromEntries(happenings.map((event) => [event, on(event)])),
    },
    languages: {
      match: (selector, asked) => [selector].flat().some((one) => one.language === asked.languageId) ? 10 : 0,
      createDiagnosticCollection: () => ({
        set: (of, list) => { problems.set(of.toString(), list); events.emit("problems", list); },
        delete: (of) => problems.delete(of.toString()), clear: () => problems.clear(), dispose: nothing,
        forEach: nothing, get: (of) => problems.get(of.toString()),
      }),
      ...Object.fromEntries(kinds.map((kind) => [`register${kind}Provider`, register(kind)])),
    },
    commands: { registerCommand: () => disposable, executeCommand: async () => {} },
  };
  const whole = new Proxy(vscode, { get: (target, key) => (key in target ? target[key] : anything()) });
  return { vscode: whole, events, providers, document };
};
