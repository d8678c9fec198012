// The page of the staff in headless Chromium, against a rehearsal: a letter is followed to its request, and the request walked to
// its approval, each in the browser of whoever must act.
// It writes a roster, which other stories do without: a rehearsal of its own.
// usage: rehearsal -- node --experimental-websocket tests/desk.mjs [CHROMIUM]
// Node 22 needs no flag. Its last line is `N passed, N failed`. With PICTURE=1 it writes docs/images/desk.png and desk-wide.png.
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { later, openBrowser } from "./chromium.mjs";

const stage = JSON.parse(readFileSync(process.env.PORTAVOCE_STAGE, "utf8"));
const desk = `http://${stage.api.host_header}/desk`;
const PASSWORD = "Prova-in-locale-2026";
const browser = await openBrowser(process.argv[2]);
const { call } = browser;
await call("Runtime.enable");
await call("Log.enable");
await call("Page.enable");
await browser.size(390, 844, true);

let passed = 0, failed = 0;
const check = (what, holds, seen = "") => {
  console.log(`${holds ? "ok" : "FAILED"} ${what}${holds ? "" : ": " + seen}`);
  if (holds) passed++; else failed++;
};

// ---- What happens in the page. A function is sent as its text, with its arguments.
const inPage = async (act, ...values) => {
  const { result, exceptionDetails } = await call("Runtime.evaluate", {
    expression: `(${act})(...${JSON.stringify(values)})`, awaitPromise: true, returnByValue: true,
  });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
};
const text = () => inPage(() => document.body.innerText);
const until = async (what, holds) => {
  for (let n = 0; n < 150; n++) {
    if (await holds().catch(() => false)) return true;
    await later(200);
  }
  throw new Error(`never seen: ${what}\n${await text()}`);
};
const sees = (words) => until(words, async () => (await text()).includes(words));
const go = async (url) => {
  await call("Page.navigate", { url });
  await until(url, () => inPage((there) => location.href === there && document.readyState === "complete", url));
};
const write = (name, value) => inPage((name, value) => { document.querySelector(`main [name=${name}]`).value = value; }, name, value);
const press = (words) => inPage((words) => {
  const buttons = [...document.querySelectorAll("button")].filter((one) => one.textContent === words && !one.disabled);
  if (buttons.length === 0) throw new Error(`no button «${words}»`);
  buttons[0].click();
}, words);
// A move that wants a reason: what is folded is opened, filled in and sent.
const pressWith = (words, reason) => inPage((words, reason) => {
  const fold = [...document.querySelectorAll("details")].find((one) => one.firstChild.textContent === words);
  fold.open = true;
  fold.querySelector("[name=reason]").value = reason;
  fold.querySelector("button").click();
}, words, reason);
const signIn = async (name, password = PASSWORD) => {
  await sees("Nome utente");
  await write("name", name);
  await write("password", password);
  await press("Accedi");
};
const become = async (name) => {
  await press("Esci");
  await signIn(name);
};
const api = (role, method, path, body, version) => inPage(async (token, method, path, body, version) => {
  const headers = { Authorization: "Bearer " + token, "Content-Type": "application/json", ...(version && { "If-Match": `"${version}"` }) };
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  const said = await answer.json();
  if (!answer.ok) throw new Error(JSON.stringify(said));
  return said;
}, stage.tokens[role], method, path, body ?? null, version ?? null);
const cognito = async (operation, body) => {
  const answer = await fetch(stage.endpoint_url, {
    method: "POST", body: JSON.stringify(body),
    headers: {
      "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AWSCognitoIdentityProviderService." + operation,
      Authorization: "AWS4-HMAC-SHA256 Credential=100000000001/20260101/eu-south-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0",
    },
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(JSON.stringify(said));
  return said;
};
const hire = (name, password, permanent) => cognito("AdminCreateUser", {
  UserPoolId: stage.outputs.UserPoolId, Username: name, MessageAction: "SUPPRESS", TemporaryPassword: password,
}).then(() => permanent && cognito("AdminSetUserPassword", { UserPoolId: stage.outputs.UserPoolId, Username: name, Password: password, Permanent: true }))
  .then(() => cognito("AdminAddUserToGroup", { UserPoolId: stage.outputs.UserPoolId, Username: name, GroupName: "finance" }));
// RFC 6238: six digits, thirty seconds.
const totp = (secret) => {
  const bits = [...secret.replaceAll("=", "")].map((sign) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(sign).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
  const mac = createHmac("sha1", key).update(counter).digest();
  return String((mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff) % 1e6).padStart(6, "0");
};

const operator = (id, role) => ({
  id, name: id, email: `${id}@rubano.example`, roles: [role], appointed_by: "decreto n. 12 del 03/03/2026", from: "2026-01-01",
});
const inDays = (days) => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10);

// The head of the sector sets aside what may be set aside, and passes it to the group.
const forward = async () => {
  await become("capo.settore");
  await sees("Pagina letta adesso");
  for (let n = 0; n < 5 && (await text()).includes("Si può procedere con un motivo."); n++) {
    const aside = (await text()).split("Si procede:").length;
    await pressWith("Procedi nonostante un controllo", "È il primo avviso dell'evento.");
    await until("the reason", async () => (await text()).split("Si procede:").length > aside);
  }
  await press("Inoltra");
  await sees("«inoltrata al gruppo operativo»");
};

// Somebody to send to, so that the forecast says when the last is reached.
const subscribe = async (number) => {
  const post = async (path, body) => (await fetch(stage.others.peer + path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  })).json();
  const { id } = await post("/peer/phones", { name: "Cittadino " + number, phone: "+39345000000" + number });
  await post(`/peer/phones/${id}/write?wait=1`, { text: "iscrivimi" });
};

try {
  for (const number of [1, 2, 3]) await subscribe(number);
  await go(desk);
  await api("administrator", "PUT", "/v1/roster", {
    operators: [operator("sportello.uno", "operator"), operator("capo.settore", "sector_head"), operator("gruppo.uno", "operating_group"),
      operator("sindaco", "operating_group"), operator("fornitore.uno", "supplier")],
    phases: { take_charge: ["sportello.uno"], forward: ["capo.settore"], alternative: ["sportello.uno"], monitoring: ["capo.settore"] },
    group: { members: ["gruppo.uno", "sindaco"], supplier: "fornitore.uno", mayor: "sindaco" }, mailbox: ["avvisi.whatsapp@rubano.example"],
  });
  await later(1500);
  const day = inDays(12).split("-").reverse().join("/");
  const asked = await api("requester", "POST", "/v1/notice-requests", {
    title: "Mercatino di Natale", text: `il ${day}, dalle 9:30 alle 18:00, mercatino di Natale nella piazza del municipio.`,
    link: "https://www.rubano.it/notizie/mercatino-di-natale", wanted_at: `${inDays(4)}T10:00`, office: "Cultura", kind: "evento",
  });

  let address = "";
  await until("the letter", async () => {
    const { messages } = await (await fetch(`${stage.endpoint_url}/_ministack/ses/messages?account=100000000001`)).json();
    const letter = Object.values(messages).flat().find((mail) => mail.BodyText.includes(asked.id));
    address = letter?.BodyText.match(/Apri la richiesta: (\S+)/)?.[1] ?? "";
    return address;
  });
  check("the letter leads to the request", address === `${desk}/${asked.id}`, address);
  await go(address);
  const before = await text();
  check("without signing in nothing is told", before.includes("Accedi") && !before.includes("Mercatino"), before);
  await signIn("sportello.uno", "Sbagliata-di-sicuro-1");
  await sees("non sono giusti");
  check("a wrong password is said to be wrong", true);
  await signIn("sportello.uno");
  await sees(asked.preview);
  check("the exact words are shown", true);
  await sees("L'ultimo lo riceve");
  await sees("ufficio.cultura ha chiesto l'avviso.");
  check("checks and history come by themselves", true);

  await press("Prendi in carico");
  await sees("Adesso la richiesta è «in carico».");
  check("the desk takes charge", true);
  check("forwarding is not offered to the desk", !(await text()).includes("Inoltra"));

  await forward();
  check("the head forwards, setting aside what may be set aside", true);

  await become("gruppo.uno");
  await sees("Pagina letta adesso");
  if (process.env.PICTURE) {
    await inPage(() => scrollTo(0, 0));
    await browser.picture("desk");
    await browser.size(1000, 1100, false);
    await later(300);
    await browser.picture("desk-wide");
    await browser.size(390, 844, true);
  }
  // Somebody else is quicker than the button.
  const seen = await api("operator", "GET", `/v1/notice-requests/${asked.id}`);
  await api("operator", "POST", `/v1/notice-requests/${asked.id}/return`, { reason: "Manca il <b>numero civico</b>." }, seen.version);
  await press("Approva");
  await sees("Un'altra persona ha agito prima di te");
  await sees("Manca il <b>numero civico</b>.");
  check("who comes second is told, and shown the request as it is, with words as words", true);
  check("approving is no longer offered", !(await text()).includes("Approva\n"));

  await become("ufficio.cultura");
  await sees("Ripresenta");
  await inPage(() => { document.querySelector("[name=text]").closest("details").open = true; });
  await write("text", `il ${day}, dalle 9:30 alle 18:00, mercatino di Natale in piazza del municipio, via Rossi 11.`);
  await inPage(() => document.querySelector("[name=text]").form.requestSubmit());
  await sees("«da prendere in carico»");
  await sees("via Rossi 11");
  check("the office resubmits other words", true);

  await become("sportello.uno");
  await sees("Prendi in carico");
  await press("Prendi in carico");
  await sees("Adesso la richiesta è «in carico».");
  await forward();
  await become("gruppo.uno");
  await sees("Approvi le parole esatte");
  await press("Approva");
  await sees("«approvata»");
  check("the group approves the words that it has read", true);
  await press("Programma");
  await sees("«programmata»");
  check("it is scheduled for its hour", true);
  await pressWith("Annulla", "È una prova.");
  await sees("«annullata»");
  check("it is called off with a reason", true);
  await go(desk);
  await sees("Nessuna richiesta aperta.");
  check("the list knows what is open", true);
  await go(`${desk}/avv_00000000000000000000000000`);
  await until("not found", async () => (await text()).includes("Tutte le richieste"));
  check("a code that nobody has is said not to be there", true);

  await hire("ragioneria.nuova", "Provvisoria-2026-x", false);
  await press("Esci");
  await signIn("ragioneria.nuova", "Provvisoria-2026-x");
  await sees("Scegli la tua password");
  await write("password", "Definitiva-2026-xy");
  await write("again", "Definitiva-2026-xz");
  await press("Continua");
  await sees("non sono uguali");
  await write("again", "Definitiva-2026-xy");
  await press("Continua");
  await sees("ragioneria.nuova");
  check("a provisional password is changed at the first sign-in", true);

  await hire("ragioneria.mfa", PASSWORD, true);
  const { AuthenticationResult: { AccessToken } } = await cognito("InitiateAuth", {
    ClientId: stage.outputs.UserPoolClientId, AuthFlow: "USER_PASSWORD_AUTH", AuthParameters: { USERNAME: "ragioneria.mfa", PASSWORD },
  });
  const { SecretCode } = await cognito("AssociateSoftwareToken", { AccessToken });
  await cognito("VerifySoftwareToken", { AccessToken, UserCode: totp(SecretCode) });
  await cognito("SetUserMFAPreference", { AccessToken, SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true } });
  await become("ragioneria.mfa");
  await sees("Le sei cifre");
  await write("code", totp(SecretCode) === "000000" ? "000001" : "000000");
  await press("Continua");
  await sees("Il codice non è giusto");
  await write("code", totp(SecretCode));
  await press("Continua");
  await sees("ragioneria.mfa");
  check("who has a second factor is asked for it", true);
} catch (error) {
  check("the story goes on to its end", false, error.stack);
}
check("the page said nothing that it should not", browser.trouble.length === 0, browser.trouble.join("\n"));
browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
