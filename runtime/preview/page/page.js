"use strict";
// One state, kept in the address so that a reload and a link show the same; every change draws all of it again.

const find = (id) => document.getElementById(id);
const state = { email: "", customer: "", segment: "", like: "", width: "desktop", part: "html", dark: false, images: true };
let project = null;
let customers = [];

function remembered() {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const [name, value] of given) {
    if (name in state) state[name] = typeof state[name] === "boolean" ? value === "true" : value;
  }
}

function remember() {
  history.replaceState(null, "", "#" + new URLSearchParams(state));
}

function query(more) {
  return new URLSearchParams({ email: state.email, customer: state.customer, ...more }).toString();
}

async function ask(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function list(into, items, chosen, choose) {
  into.replaceChildren(...items.map(({ name, beneath }) => {
    const option = element("li", name, { role: "option", "aria-selected": String(name === chosen) });
    if (beneath) option.append(element("small", beneath));
    option.addEventListener("click", () => choose(name));
    return option;
  }));
  into.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" });
}

async function lists() {
  customers = await ask("api/customers?" + new URLSearchParams({ segment: state.segment, like: state.like }));
  // Whoever was being looked at stays, in or out of the segment.
  if (!state.customer && customers.length) state.customer = customers[0].id;
}

function drawLists() {
  list(find("emails"), project.emails.map((e) => ({ name: e.name, beneath: e.leave })), state.email, (name) => set({ email: name }));
  list(find("customers"), customers.map((c) => ({ name: c.id, beneath: c.address ?? "no address" })), state.customer,
    (id) => set({ customer: id }));
}

async function draw() {
  remember();
  for (const button of document.querySelectorAll("[data-width], [data-part]")) {
    const on = button.dataset.width ? button.dataset.width === state.width : button.dataset.part === state.part;
    if (button.tagName === "BUTTON") button.setAttribute("aria-pressed", String(on));
  }
  find("dark").setAttribute("aria-pressed", String(state.dark));
  find("images").setAttribute("aria-pressed", String(state.images));
  find("broken").hidden = !project.broken;
  if (project.broken) {
    find("broken").textContent = project.broken;
    return;
  }
  find("project").textContent = project.name;
  find("when").textContent = `${project.customers.toLocaleString("en")} customers, ${project.at} in ${project.timezone}`;
  drawLists();
  find("save").href = "message.eml?" + query();
  if (!state.email || !state.customer) return;
  const asked = query();
  const message = await ask("api/message?" + asked);
  // Somebody else may have been chosen while it was made.
  if (asked === query()) show(message);
}

function show(message) {
  const stage = find("stage"), words = find("words"), frame = find("mail"), withheld = find("withheld");
  withheld.hidden = !(message.unshown || message.withheld);
  withheld.textContent = message.unshown ?? `It would be withheld now: ${message.withheld}.`;
  stage.dataset.width = state.width;
  stage.dataset.dark = state.dark;
  const rows = message.unshown ? [] : [
    ["From", message.from], ["To", message.to], ["Subject", message.subject, "subject"], ["Preheader", message.preheader],
    ["Size", size(message)], ["About", message.event && `event ${message.event.id} of ${message.event.at}`],
  ];
  find("envelope").replaceChildren(...rows.filter(([, value]) => value).flatMap(([name, value, kind]) =>
    [element("dt", name), element("dd", value, kind ? { class: kind } : {})]));
  const missing = message.fallbacks ?? [];
  find("fallbacks").hidden = missing.length === 0;
  find("fallbacks").replaceChildren(...missing.map((f) => element("li", `${f.name} is missing: “${f.to}”`)));
  const part = message.unshown ? "" : state.part === "html" && !message.has_html ? "text" : state.part;
  stage.hidden = part !== "html";
  words.hidden = part !== "text" && part !== "headers";
  words.textContent = part === "text" ? message.text : message.headers;
  const source = "html?" + query({ images: state.images ? "on" : "off", reading: project.reading });
  if (part === "html" && frame.dataset.source !== source) {
    frame.dataset.source = source;
    frame.src = source;
  }
}

function size(message) {
  const kilobytes = (bytes) => (bytes / 1024).toFixed(1) + " KB";
  const clipped = message.html_size > 102 * 1024 ? "; Gmail clips it" : "";
  return kilobytes(message.size) + (message.html_size ? `, of which HTML ${kilobytes(message.html_size)}${clipped}` : "");
}

async function set(change) {
  Object.assign(state, change);
  try {
    if ("segment" in change || "like" in change) await lists();
    await draw();
  } catch {
    // Files changed meanwhile: the next look shows what became of them.
  }
}

function step(items, now, by) {
  const at = items.indexOf(now);
  return items[Math.min(Math.max(at + by, 0), items.length - 1)] ?? now;
}

const keys = {
  e: () => set({ email: step(project.emails.map((e) => e.name), state.email, 1) }),
  E: () => set({ email: step(project.emails.map((e) => e.name), state.email, -1) }),
  j: () => set({ customer: step(customers.map((c) => c.id), state.customer, 1) }),
  k: () => set({ customer: step(customers.map((c) => c.id), state.customer, -1) }),
  1: () => set({ width: "phone" }),
  2: () => set({ width: "tablet" }),
  3: () => set({ width: "desktop" }),
  m: () => set({ part: "html" }),
  t: () => set({ part: "text" }),
  h: () => set({ part: "headers" }),
  d: () => set({ dark: !state.dark }),
  i: () => set({ images: !state.images }),
  s: () => find("save").click(),
  "/": () => find("like").focus(),
};

document.addEventListener("keydown", (event) => {
  const field = event.target.closest("input, select");
  if (event.key === "Escape") field?.blur();
  if (event.ctrlKey || event.metaKey || event.altKey || !project || project.broken) return;
  const listed = event.target.id === "emails" ? "e" : event.target.id === "customers" ? "j" : "";
  if (listed && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    const back = listed === "e" ? "E" : "k";
    keys[event.key === "ArrowDown" ? listed : back]();
    return;
  }
  if (field || !(event.key in keys)) return;
  event.preventDefault();
  keys[event.key]();
});
for (const button of document.querySelectorAll("button[data-width]")) {
  button.addEventListener("click", () => set({ width: button.dataset.width }));
}
for (const button of document.querySelectorAll("button[data-part]")) {
  button.addEventListener("click", () => set({ part: button.dataset.part }));
}
find("dark").addEventListener("click", () => keys.d());
find("images").addEventListener("click", () => keys.i());
find("segment").addEventListener("change", (event) => set({ segment: event.target.value, customer: "" }));
find("like").addEventListener("input", (event) => set({ like: event.target.value }));

// Looks whether files have changed, and shows what became of them.
async function look() {
  try {
    const now = await ask("api/project");
    if (!now.changed && now.reading !== project?.reading) {
      project = now;
      if (!now.broken) {
        const names = project.emails.map((e) => e.name);
        if (!names.includes(state.email)) state.email = names[0] ?? "";
        const options = [element("option", `everybody (${now.customers})`, { value: "" })];
        find("segment").replaceChildren(...options, ...now.segments.map((s) =>
          element("option", `${s.name} (${s.size})`, { value: s.name })));
        if (!now.segments.some((s) => s.name === state.segment)) state.segment = "";
        find("segment").value = state.segment;
        find("like").value = state.like;
        await lists();
      }
      await draw();
    }
    document.body.dataset.reading = project?.reading ?? "";
  } catch {
    find("when").textContent = "the server is gone; start `persona preview` again";
  }
  setTimeout(look, 700);
}

remembered();
look();
