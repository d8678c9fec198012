// Pictures of the phone page, from the running demo, in headless Chromium over its DevTools protocol.
// usage: node --experimental-websocket tests/screenshots.mjs PEER_URL PHONE_ID [CHROMIUM]
// Node 22 needs no flag. Writes docs/images/phone.png and docs/images/phone-wide.png.
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [peer, phone, chromium = "/usr/bin/chromium"] = process.argv.slice(2);
const profile = mkdtempSync(join(tmpdir(), "portavoce-chromium-"));
const browser = spawn(chromium, [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
  "--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0",
  `--user-data-dir=${profile}`, "about:blank",
]);
const endpoint = await new Promise((found) => {
  let said = "";
  browser.stderr.on("data", (data) => {
    said += data;
    const line = said.match(/DevTools listening on (\S+)/);
    if (line) found(line[1]);
  });
});

const targets = await (await fetch(`http://${new URL(endpoint).host}/json/list`)).json();
const socket = new WebSocket(targets.find((target) => target.type === "page").webSocketDebuggerUrl);
await new Promise((open) => (socket.onopen = open));
let last = 0;
const call = (method, params = {}) =>
  new Promise((answered) => {
    const id = ++last;
    const hear = ({ data }) => {
      const message = JSON.parse(data);
      if (message.id !== id) return;
      socket.removeEventListener("message", hear);
      answered(message.result);
    };
    socket.addEventListener("message", hear);
    socket.send(JSON.stringify({ id, method, params }));
  });

for (const [name, width, height, mobile] of [["phone", 390, 780, true], ["phone-wide", 1200, 800, false]]) {
  await call("Emulation.setDeviceMetricsOverride", { width, height, mobile, deviceScaleFactor: 2 });
  await call("Page.navigate", { url: `${peer}/#${phone}` });
  await call("Page.reload");
  await new Promise((later) => setTimeout(later, 2500));
  const { data } = await call("Page.captureScreenshot", { format: "png" });
  writeFileSync(new URL(`../docs/images/${name}.png`, import.meta.url), Buffer.from(data, "base64"));
}
socket.close();
browser.kill();
