// A headless Chromium over its DevTools protocol: what the scripts beside this one share.
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const later = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

// A page, and what it said that no page should say: exceptions, and what its policy forbade.
export const openBrowser = async (chromium = "/usr/bin/chromium") => {
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
  const trouble = [];
  socket.addEventListener("message", ({ data }) => {
    const { method, params } = JSON.parse(data);
    if (method === "Runtime.exceptionThrown") trouble.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
    if (method === "Log.entryAdded" && params.entry.source === "security") trouble.push(params.entry.text);
  });
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

  return {
    call,
    trouble,
    size: (width, height, mobile) => call("Emulation.setDeviceMetricsOverride", { width, height, mobile, deviceScaleFactor: 2 }),
    picture: async (name) => {
      const { data } = await call("Page.captureScreenshot", { format: "png" });
      writeFileSync(new URL(`../docs/images/${name}.png`, import.meta.url), Buffer.from(data, "base64"));
    },
    close: () => {
      socket.close();
      browser.kill();
    },
  };
};
