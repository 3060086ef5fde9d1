// `persona preview` in a real browser: what is shown is what is rendered, by mouse and by keyboard, and it follows the files.
//
//   node tests/browser/preview.mjs PERSONA SCREENSHOTS
//
// needs Chromium (CHROMIUM, else /usr/bin/chromium) and the package playwright-core.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const [persona, shots] = process.argv.slice(2);
const AT = "2024-06-12T20:00";
const home = mkdtempSync(join(tmpdir(), "preview-"));
const folder = join(home, "cart");
cpSync(new URL("../../examples/cart", import.meta.url).pathname, folder, { recursive: true });
mkdirSync(shots, { recursive: true });

const server = spawn(persona, ["preview", folder, "--port", "0", "--at", AT], { stdio: ["ignore", "pipe", "ignore"] });
const address = await new Promise((found) => createInterface(server.stdout).once("line", found));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const faults = [];
  page.on("console", (line) => line.type() === "error" && !/img|image|net::ERR/.test(line.text()) && faults.push(line.text()));
  page.on("pageerror", (error) => faults.push(String(error)));
  await page.goto(address);
  await page.waitForSelector("#emails [aria-selected=true]");
  const subject = () => page.textContent("dd.subject");
  const render = (customer, part) => execFileSync(persona,
    ["render", "cart_reminder", "--customer", customer, "--at", AT, "--project", folder, "--part", part], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

  // Found by its address, chosen by mouse; what is shown is what `persona render` prints.
  await page.fill("#like", "ivy@");
  await page.waitForFunction(() => document.querySelectorAll("#customers li").length === 1);
  await page.click("#customers li");
  await page.waitForFunction(() => document.querySelector("dd.subject")?.textContent.startsWith("Hello, you left"));
  await page.waitForFunction(() => document.querySelector("#fallbacks li"));
  assert.match(await page.textContent("#fallbacks"), /first_name is missing: “Hello”/);
  const frame = async () => (await (await page.$("#mail")).contentFrame());
  await (await frame()).waitForSelector("h1");
  assert.match(await (await frame()).textContent("body"), /Waffle towel/);
  const html = await page.evaluate(async () => (await fetch(document.querySelector("#mail").src)).text());
  await page.screenshot({ path: join(shots, "desktop.png") });

  // Widths, dark, images, parts: by keyboard.
  await page.keyboard.press("Escape");
  await page.click("#project");
  for (const [key, width] of [["1", 375], ["2", 768]]) {
    await page.keyboard.press(key);
    await page.waitForFunction((w) => document.querySelector("#mail").getBoundingClientRect().width === w, width);
  }
  await page.keyboard.press("1");
  await page.screenshot({ path: join(shots, "phone.png") });
  await page.keyboard.press("d");
  await page.waitForSelector("#stage[data-dark=true]");
  const dark = await (await frame()).evaluate(() => matchMedia("(prefers-color-scheme: dark)").matches).catch(() => "no scripts");
  await page.screenshot({ path: join(shots, "dark.png") });
  await page.keyboard.press("i");
  await page.waitForFunction(() => document.querySelector("#mail").src.includes("images=off"));
  await page.screenshot({ path: join(shots, "images-off.png") });
  await page.keyboard.press("t");
  await page.waitForSelector("#words:not([hidden])");
  const words = await page.textContent("#words");
  await page.keyboard.press("h");
  await page.waitForFunction(() => document.querySelector("#words").textContent.includes("List-Unsubscribe"));
  await page.keyboard.press("m");
  // The next customer, of all.
  await page.keyboard.press("/");
  await page.fill("#like", "");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.querySelectorAll("#customers li").length > 10);
  const before = await page.textContent("#customers [aria-selected=true]").catch(() => "");
  await page.keyboard.press("j");
  await page.waitForFunction((old) => document.querySelector("#customers [aria-selected=true]")?.textContent !== old, before);
  await page.fill("#like", "ivy@");
  await page.waitForFunction(() => document.querySelectorAll("#customers li").length === 1);
  await page.click("#customers li");
  await page.waitForSelector("dd.subject");

  // A link shows the same; a saved file shows itself, a mistake too.
  const told = page.url();
  await page.goto(told);
  await page.waitForSelector("#emails [aria-selected=true]");
  await page.waitForSelector("dd.subject");
  const shown = await subject();
  const file = join(folder, "basket.persona");
  const program = readFileSync(file, "utf8");
  writeFileSync(file, program.replace("you left something behind", "your basket waits"));
  await page.waitForFunction(() => document.querySelector("dd.subject")?.textContent.includes("your basket waits"), null, { timeout: 60000 });
  writeFileSync(file, program.replace("first_name | default", "frist_name | default"));
  await page.waitForFunction(() => document.querySelector("#broken").textContent.includes("frist_name"), null, { timeout: 60000 });
  await page.screenshot({ path: join(shots, "broken.png") });
  writeFileSync(file, program);
  await page.waitForFunction((old) => document.querySelector("#broken").hidden && document.querySelector("dd.subject")?.textContent === old, shown, { timeout: 60000 });
  assert.deepEqual(faults, []);
  server.kill();
  assert.equal(html, render("ivy", "html"));
  assert.equal(words.trim(), render("ivy", "text").trim());
  console.log(`the page shows what is sent; dark: ${dark}; screenshots in ${shots}`);
} finally {
  server.kill();
  await browser.close();
  rmSync(home, { recursive: true, force: true });
}
