// @kapso/whatsapp-cloud-api, led to the peer by its option `baseUrl`; downloads, whose host is Meta's other one, by `fetch`.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { GraphApiError, WhatsAppClient } from '@kapso/whatsapp-cloud-api';
import { normalizeWebhook, verifySignature } from '@kapso/whatsapp-cloud-api/server';

import {
  ACCOUNT, ANNA, NUMBER, PEER, SECRET, TOKEN, begin, control, idle, notice, received, toThePeer, webhook,
} from './meta.mjs';

const whatsapp = new WhatsAppClient({ accessToken: TOKEN, baseUrl: PEER, graphVersion: 'v25.0', fetch: toThePeer });
const to = { phoneNumberId: NUMBER, to: `+${ANNA}` };
const seen = [];
let ours;

before(async () => {
  ours = await webhook(async (request) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const rawBody = Buffer.concat(chunks);
    const signatureHeader = request.headers['x-hub-signature-256'];
    if (!verifySignature({ appSecret: SECRET, rawBody, signatureHeader })) return [401, ''];
    seen.push(normalizeWebhook(JSON.parse(rawBody)));
    return [200, ''];
  });
});
after(() => ours.close());
beforeEach(async () => {
  await begin(ours.url);
  await idle();
  seen.length = 0;
});

test('a text, buttons and a template arrive', async () => {
  await whatsapp.messages.sendText({ ...to, body: 'Buongiorno' });
  await whatsapp.messages.sendInteractiveButtons({
    ...to, bodyText: 'Confermi?', buttons: [{ id: 'si', title: 'Sì' }, { id: 'no', title: 'No' }],
  });
  await whatsapp.messages.sendTemplate({
    ...to,
    template: {
      name: 'avviso',
      language: { code: 'it' },
      components: [{ type: 'body', parameters: [{ type: 'text', text: 'acqua chiusa.' }] }],
    },
  });

  const messages = await received();
  assert.deepEqual(messages.map(({ kind }) => kind), ['text', 'button', 'template']);
  assert.equal(messages[2].text, 'Avviso: acqua chiusa. Buona giornata.');
});

test('a file is uploaded, sent by its id, fetched and deleted', async () => {
  const file = new Blob(['%PDF-1.7 un avviso'], { type: 'application/pdf' });

  const { id } = await whatsapp.media.upload({
    phoneNumberId: NUMBER, type: 'application/pdf', file, fileName: 'avviso.pdf',
  });
  await whatsapp.messages.sendDocument({ ...to, document: { id, filename: 'avviso.pdf' } });
  const bytes = await whatsapp.media.download({ mediaId: id, phoneNumberId: NUMBER, auth: 'always' });

  assert.equal((await received())[0].media, id);
  assert.equal(Buffer.from(bytes).toString(), '%PDF-1.7 un avviso');
  assert.equal((await whatsapp.media.delete({ mediaId: id })).success, true);
});

test('templates are created, listed page by page and deleted', async () => {
  for (let number = 0; number < 3; number += 1) {
    await control('POST', '/peer/templates', notice(`altro_${number}`));
  }
  const { components } = notice('nuovo');
  const businessAccountId = ACCOUNT;

  const created = await whatsapp.templates.create({
    businessAccountId, name: 'nuovo', language: 'it', category: 'UTILITY', components,
  });
  const first = await whatsapp.templates.list({ businessAccountId, limit: 3 });
  const { after: cursor } = first.paging.cursors;
  const second = await whatsapp.templates.list({ businessAccountId, limit: 3, after: cursor });
  await whatsapp.templates.delete({ businessAccountId, name: 'nuovo' });
  const gone = await whatsapp.templates.list({ businessAccountId, name: 'nuovo' });

  assert.equal(created.status, 'APPROVED');
  const names = [...first.data, ...second.data].map(({ name }) => name);
  assert.deepEqual(names, ['avviso', 'altro_0', 'altro_1', 'altro_2', 'nuovo']);
  assert.deepEqual(gone.data, []);
});

test('a refusal is an error with its code and its class', async () => {
  await control('POST', '/peer/faults', { kind: 'refuse', code: 130429 });
  const limited = await whatsapp.messages.sendText({ ...to, body: 'Buongiorno' }).catch((error) => error);
  await control('PUT', '/peer/account', { token_dead: true });
  const dead = await whatsapp.messages.sendText({ ...to, body: 'Buongiorno' }).catch((error) => error);

  assert.ok(limited instanceof GraphApiError);
  assert.deepEqual([limited.code, limited.isRateLimit()], [130429, true]);
  assert.deepEqual([dead.code, dead.httpStatus, dead.requiresTokenRefresh()], [190, 401, true]);
});

test('messages and statuses of a signed webhook are read', async () => {
  await control('POST', '/peer/phones/anna/write?wait=1', { text: 'Perché? 👍' });
  await whatsapp.messages.sendText({ ...to, body: 'Buongiorno' });
  await idle();

  assert.equal(seen[0].messages[0].text.body, 'Perché? 👍');
  assert.deepEqual(seen.flatMap(({ statuses }) => statuses.map(({ status }) => status)), ['sent', 'delivered', 'read']);
  const { status } = await control('POST', '/peer/webhook', { body: '{}', signature: 'bad' });
  assert.equal(status, 401);
});
