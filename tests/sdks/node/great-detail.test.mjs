// @great-detail/whatsapp, led to the peer by its option `prefixUrl`.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { Client } from '@great-detail/whatsapp';

import {
  ACCOUNT, ANNA, NUMBER, PEER, SECRET, TOKEN, begin, control, idle, notice, received, toThePeer, webhook,
} from './meta.mjs';

const whatsapp = new Client({
  prefixUrl: PEER,
  graphVersion: 'v25.0',
  request: { headers: { Authorization: `Bearer ${TOKEN}` }, retry: 0 },
});

beforeEach(() => begin());

test('a text and a template arrive', async () => {
  const to = { phoneNumberID: NUMBER, to: ANNA };

  await whatsapp.message.createMessage({ ...to, type: 'text', text: { body: 'Buongiorno' } }).json();
  await whatsapp.message.createMessage({
    ...to,
    type: 'template',
    template: {
      name: 'avviso',
      language: { code: 'it' },
      components: [{ type: 'body', parameters: [{ type: 'text', text: 'acqua chiusa.' }] }],
    },
  }).json();

  assert.deepEqual((await received()).map(({ text }) => text), [
    'Buongiorno', 'Avviso: acqua chiusa. Buona giornata.',
  ]);
});

test('a file is uploaded, sent by its id, found and deleted', async () => {
  const file = new Blob(['%PDF-1.7 un avviso'], { type: 'application/pdf' });

  const { id } = await whatsapp.media.upload({
    phoneNumberID: NUMBER, file, filename: 'avviso.pdf', mimeType: 'application/pdf',
  }).json();
  await whatsapp.message.createMessage({
    phoneNumberID: NUMBER, to: ANNA, type: 'document', document: { id, filename: 'avviso.pdf' },
  }).json();
  const found = await whatsapp.media.getURL({ mediaID: id, phoneNumberID: NUMBER }).json();
  // Its `download` shows no token by itself.
  const request = { headers: { Authorization: `Bearer ${TOKEN}` }, fetch: toThePeer };
  const fetched = await whatsapp.media.download({ mediaURL: found.url, request }).text();

  assert.equal((await received())[0].media, id);
  assert.equal(fetched, '%PDF-1.7 un avviso');
  assert.deepEqual(await whatsapp.media.delete({ mediaID: id }).json(), { success: true });
});

test('templates are created, listed, changed and deleted', async () => {
  const created = await whatsapp.template.create(ACCOUNT, notice('nuovo')).json();
  const listed = await whatsapp.template.list(ACCOUNT, { limit: 5, fields: ['name', 'status'] }).json();
  await whatsapp.template.update(created.id, {
    components: [{ type: 'body', text: 'Avviso: {{1}} Grazie.', example: { body_text: [['x']] } }],
  }).json();
  const changed = await whatsapp.template.get(created.id, {}).json();
  await whatsapp.template.delete(ACCOUNT, { name: 'nuovo' }).json();
  const left = await whatsapp.template.list(ACCOUNT, {}).json();

  assert.deepEqual(listed.data.map(({ name, status }) => [name, status]), [
    ['avviso', 'APPROVED'], ['nuovo', 'APPROVED'],
  ]);
  assert.equal(changed.components[0].text, 'Avviso: {{1}} Grazie.');
  assert.deepEqual(left.data.map(({ name }) => name), ['avviso']);
});

test('the number, the profile and the subscription are read', async () => {
  const number = await whatsapp.phoneNumbers.getPhoneNumber({ phoneNumberID: NUMBER, fields: ['verified_name'] }).json();
  const numbers = await whatsapp.phoneNumbers.listPhoneNumbers({ businessAccountID: ACCOUNT }).json();
  await whatsapp.businessProfile.updateBusinessProfile({ phoneNumberID: NUMBER, about: 'Il Comune' }).json();
  const profile = await whatsapp.businessProfile.getBusinessProfile({ phoneNumberID: NUMBER, fields: ['about'] }).json();
  await whatsapp.subscribedApps.createSubscription({ businessAccountID: ACCOUNT }).json();
  const subscriptions = await whatsapp.subscribedApps.listSubscriptions({ businessAccountID: ACCOUNT }).json();

  assert.equal(number.verified_name, 'Comune di Esempio');
  assert.equal(numbers.data[0].id, NUMBER);
  assert.equal(profile.data[0].about, 'Il Comune');
  assert.equal(subscriptions.data.length, 1);
});

test('a refusal is an error that holds the answer', async () => {
  await control('POST', '/peer/faults', { kind: 'refuse', code: 131047 });

  const message = { phoneNumberID: NUMBER, to: ANNA, type: 'text', text: { body: 'Buongiorno' } };
  const refused = await whatsapp.message.createMessage(message).json().catch((error) => error);

  assert.equal(refused.name, 'HTTPError');
  const { error } = await refused.response.json();
  assert.equal(error.code, 131047);
});

test('the signature of a webhook is checked', async () => {
  const outcomes = [];
  const ours = await webhook(async (request) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method, headers } = request;
    try {
      const event = await whatsapp.webhook.eventNotification({ method, query: {}, headers, body });
      await event.verifySignature(SECRET);
      outcomes.push(event.eventNotification.entry[0].changes[0].value.messages[0].text.body);
      return [200, ''];
    } catch (error) {
      outcomes.push(error.constructor === whatsapp.webhook.errors.InvalidHubSignatureWebhookError);
      return [401, ''];
    }
  });
  try {
    await begin(ours.url);
    await idle();
    await control('POST', '/peer/webhook', { body: '{}', signature: 'bad' });
    assert.deepEqual(outcomes, ['ciao', true]);
  } finally {
    ours.close();
  }
});
