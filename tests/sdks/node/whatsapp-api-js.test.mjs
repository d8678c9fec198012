// whatsapp-api-js, led to the peer by its option `ponyfill.fetch`. It also takes the signed webhooks.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { WhatsAppAPI } from 'whatsapp-api-js/middleware/node-http';
import {
  ActionButtons, ActionList, ActionLocation, Body, BodyComponent, BodyParameter, Button, Document, Interactive,
  ListSection, Row, Template, Text,
} from 'whatsapp-api-js/messages';

import { ANNA, NUMBER, SECRET, TOKEN, begin, control, idle, received, toThePeer, webhook } from './meta.mjs';

const whatsapp = new WhatsAppAPI({
  token: TOKEN, appSecret: SECRET, webhookVerifyToken: 'verify', v: 'v25.0', ponyfill: { fetch: toThePeer },
});
let ours;

before(async () => {
  ours = await webhook(async (request) => {
    if (request.method === 'POST') return [await whatsapp.handle_post(request), ''];
    try {
      return [200, whatsapp.handle_get(request)];
    } catch (status) {
      return [status, ''];
    }
  });
});
after(() => ours.close());
beforeEach(async () => {
  whatsapp.on.message = () => {};
  whatsapp.on.status = () => {};
  await begin(ours.url);
  await idle();
});

test('a text arrives and its id is ours', async () => {
  const sent = await whatsapp.sendMessage(NUMBER, { phone: ANNA }, new Text('Buongiorno'), undefined, 'our-id');

  const { messages } = await control('GET', '/peer/record');
  assert.deepEqual(messages.map(({ wamid, opaque }) => [wamid, opaque]), [[sent.messages[0].id, 'our-id']]);
});

test('a text to a user id arrives', async () => {
  const { bsuid } = await control('GET', '/peer/phones/anna');

  await whatsapp.sendMessage(NUMBER, { bsuid }, new Text('Buongiorno'));

  assert.equal((await received())[0].text, 'Buongiorno');
});

test('a template arrives filled in', async () => {
  const body = new BodyComponent(new BodyParameter('acqua chiusa.'));

  await whatsapp.sendMessage(NUMBER, { phone: ANNA }, new Template('avviso', 'it', body));

  assert.equal((await received())[0].text, 'Avviso: acqua chiusa. Buona giornata.');
});

test('buttons, a list and a request for a position are shown', async () => {
  const buttons = new ActionButtons(new Button('si', 'Sì'), new Button('no', 'No'));
  const list = new ActionList('Apri', new ListSection('Temi', new Row('1', 'Voce 1'), new Row('2', 'Voce 2')));

  for (const action of [buttons, list, new ActionLocation()]) {
    await whatsapp.sendMessage(NUMBER, { phone: ANNA }, new Interactive(action, new Body('Scelga')));
  }

  assert.deepEqual((await received()).map(({ kind, buttons: shown }) => [kind, shown.length]), [
    ['button', 2], ['list', 2], ['location_request_message', 1],
  ]);
});

test('a file is uploaded, sent by its id, fetched and deleted', async () => {
  const form = new FormData();
  form.set('file', new Blob(['%PDF-1.7 un avviso'], { type: 'application/pdf' }), 'avviso.pdf');

  const { id } = await whatsapp.uploadMedia(NUMBER, form);
  await whatsapp.sendMessage(NUMBER, { phone: ANNA }, new Document(id, true, 'Avviso', 'avviso.pdf'));
  const { url } = await whatsapp.retrieveMedia(id, NUMBER);
  const fetched = await whatsapp.fetchMedia(url);

  assert.equal((await received())[0].media, id);
  assert.equal(await fetched.text(), '%PDF-1.7 un avviso');
  assert.equal((await whatsapp.deleteMedia(id)).success, true);
});

test('a refusal is returned with its code', async () => {
  await control('POST', '/peer/faults', { kind: 'refuse', code: 131056 });

  const refused = await whatsapp.sendMessage(NUMBER, { phone: ANNA }, new Text('Buongiorno'));

  assert.equal(refused.error.code, 131056);
});

test('a message of a signed webhook is read, and marked as read', async () => {
  const seen = [];
  whatsapp.on.message = async ({ contact, message, received: mark }) => {
    seen.push([contact.profile.name, message.text.body]);
    await mark();
  };

  const written = await control('POST', '/peer/phones/anna/write?wait=1', { text: 'Perché? 👍 https://example.org' });

  assert.deepEqual(written.answers, [200]);
  assert.deepEqual(seen, [['Anna', 'Perché? 👍 https://example.org']]);
  const { messages } = await control('GET', '/peer/phones/anna');
  assert.equal(messages.at(-1).state, 'read');
});

test('statuses come with our id', async () => {
  const seen = [];
  whatsapp.on.status = ({ status, biz_opaque_callback_data: ours }) => seen.push([status, ours]);

  await whatsapp.sendMessage(NUMBER, { phone: ANNA }, new Text('Buongiorno'), undefined, 'our-id');
  await idle();

  assert.deepEqual(seen, [['sent', 'our-id'], ['delivered', 'our-id'], ['read', 'our-id']]);
});

test('a webhook signed with another secret is refused, and the handshake passes', async () => {
  const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [] });

  const { status } = await control('POST', '/peer/webhook', { body, signature: 'bad' });

  assert.equal(status, 401);
  assert.equal((await control('POST', '/peer/handshake', { verify_token: 'verify' })).ok, true);
  assert.equal((await control('POST', '/peer/handshake', { verify_token: 'other' })).ok, false);
});
