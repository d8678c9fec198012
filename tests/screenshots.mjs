// Pictures of the phone page, from the running demo, in headless Chromium.
// usage: node --experimental-websocket tests/screenshots.mjs PEER_URL PHONE_ID [CHROMIUM]
// Node 22 needs no flag. Writes docs/images/phone.png and docs/images/phone-wide.png.
import { later, openBrowser } from "./chromium.mjs";

const [peer, phone, chromium] = process.argv.slice(2);
const browser = await openBrowser(chromium);
for (const [name, width, height, mobile] of [["phone", 390, 780, true], ["phone-wide", 1200, 800, false]]) {
  await browser.size(width, height, mobile);
  await browser.call("Page.navigate", { url: `${peer}/#${phone}` });
  await browser.call("Page.reload");
  await later(2500);
  await browser.picture(name);
}
browser.close();
