// What the tests of the npm packages need: Meta's hosts, which are the peer, the peer's control API, and a web server.
//
// Each package is as it came from npm, and is led to the peer by an option that it offers to its users.

import { createServer } from 'node:http';

export const PEER = process.env.PEER_URL;
export const NUMBER = '106500000000001';
export const ACCOUNT = '203300000000001';
export const TOKEN = 'access-token';
export const SECRET = 'app-secret';
export const ANNA = '390000000001';

const HOSTS = new Set(['graph.facebook.com', 'lookaside.fbsbx.com', new URL(PEER).hostname]);

/** `fetch` that resolves Meta's hosts to the peer, and calls nobody else. */
export const toThePeer = (input, options) => {
  const given = input instanceof Request ? input : new Request(input, options);
  const url = new URL(given.url);
  if (!HOSTS.has(url.hostname)) throw new Error(`a call to ${url.hostname}`);
  const there = new URL(url.pathname + url.search, PEER);
  return fetch(new Request(there, given), input instanceof Request ? options : undefined);
};

/** A call of the peer's control API. */
export const control = async (method, path, body) => {
  const answer = await fetch(PEER + path, {
    method,
    body: body && JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text && JSON.parse(text);
};

/** A peer that has forgotten everything, with a template, and Anna, who has written. */
export const begin = async (webhook) => {
  await control('DELETE', '/peer');
  await control('PUT', '/peer/config', {
    webhook_url: webhook ?? null,
    webhook_tries: 1,
    media_base: 'https://lookaside.fbsbx.com',
  });
  await control('POST', '/peer/templates', notice('avviso'));
  await control('POST', '/peer/phones', { name: 'Anna', id: 'anna', phone: ANNA });
  await control('POST', '/peer/phones/anna/write', { text: 'ciao' });
};

export const notice = (name) => ({
  name,
  language: 'it',
  category: 'UTILITY',
  parameter_format: 'positional',
  components: [{ type: 'body', text: 'Avviso: {{1}} Buona giornata.', example: { body_text: [['acqua chiusa.']] } }],
});

/** What is on Anna's phone from us. */
export const received = async () => {
  const { messages } = await control('GET', '/peer/phones/anna');
  return messages.filter((message) => message.direction === 'received');
};

/** Waits until every update was taken. */
export const idle = async () => {
  for (let look = 0; look < 500; look += 1) {
    if ((await control('GET', '/peer/idle')).idle) return;
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error('the webhooks are not idle');
};

/** A web server of ours; `answer` gives status and text. */
export const webhook = async (answer) => {
  const server = createServer(async (request, response) => {
    const [status, text] = await answer(request);
    response.writeHead(status).end(text);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
};
