// The phones, as a person sees them: asks the control API once a second, and writes what is typed.

const find = (id) => document.getElementById(id);
const clock = new Intl.DateTimeFormat('it', { hour: '2-digit', minute: '2-digit' });
const calendar = new Intl.DateTimeFormat('it', { day: 'numeric', month: 'long', year: 'numeric' });

const KINDS = {
  image: 'Foto', video: 'Video', audio: 'Messaggio vocale', document: 'Documento', sticker: 'Adesivo',
  location: 'Posizione', contacts: 'Contatto', reaction: 'Reazione', unsupported: 'Messaggio non supportato',
};
const TICKS = {
  accepted: ['M2 6.5 5 9.5 11 2.5', 'inviato'],
  delivered: ['M1.5 6.5 4.5 9.5 10.5 2.5M7.5 8.5 8.5 9.5 15 2.5', 'consegnato'],
  read: ['M1.5 6.5 4.5 9.5 10.5 2.5M7.5 8.5 8.5 9.5 15 2.5', 'letto'],
};

let chosen = null;
let drawn = '';
let listed = '';
let known = new Set();

async function ask(path, method = 'GET', body) {
  const options = { method };
  if (body !== undefined) {
    options.headers = { 'content-type': 'application/json' };
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(path, options);
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.error ?? answer.status);
  return content;
}

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === 'class') made.className = value;
    else if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

// *bold*, _italic_, ~struck~ and links; everything else stays text.
function formatted(text) {
  const pieces = text.split(/(https?:\/\/[^\s]+[^\s.,;:!?)]|\*[^\s*](?:[^*\n]*[^\s*])?\*|(?<![\p{L}\p{N}])_[^\s_](?:[^_\n]*[^\s_])?_(?![\p{L}\p{N}])|~[^\s~](?:[^~\n]*[^\s~])?~)/u);
  return pieces.map((piece, index) => {
    if (index % 2 === 0) return piece;
    if (piece.startsWith('http')) return element('a', { href: piece, target: '_blank', rel: 'noopener noreferrer' }, piece);
    const name = { '*': 'strong', _: 'em', '~': 's' }[piece[0]];
    return element(name, {}, piece.slice(1, -1));
  });
}

function tick(state) {
  const [path, label] = TICKS[state];
  const space = 'http://www.w3.org/2000/svg';
  const image = document.createElementNS(space, 'svg');
  image.setAttribute('viewBox', '0 0 17 12');
  image.setAttribute('class', `tick ${state}`);
  image.setAttribute('role', 'img');
  image.setAttribute('aria-label', label);
  const line = document.createElementNS(space, 'path');
  line.setAttribute('d', path);
  image.append(line);
  return image;
}

function face(person) {
  const letters = person.name.split(/\s+/).map((word) => word[0]).slice(0, 2).join('').toUpperCase();
  const tone = [...person.id].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 6;
  return element('span', { class: `face tone-${tone}`, 'aria-hidden': 'true' }, letters);
}

function preview(message, person) {
  if (!message) return person.phone ? `+${person.phone}` : 'senza numero';
  const words = message.text || KINDS[message.kind] || message.kind;
  return (message.direction === 'written' ? 'Tu: ' : '') + words.replace(/[*_~]/g, '').split('\n')[0];
}

function drawPeople(people) {
  const now = JSON.stringify([people, chosen]);
  if (now === listed) return;
  listed = now;
  const rows = people.map((person) => {
    const last = person.messages.at(-1);
    const link = element('a', { href: `#${person.id}` }, face(person),
      element('span', { class: 'text' }, element('span', { class: 'name' }, person.name),
        element('span', { class: 'last' }, preview(last, person))));
    if (last) link.append(element('time', {}, clock.format(last.at_ms)));
    if (person.id === chosen) link.setAttribute('aria-current', 'page');
    return element('li', {}, link);
  });
  const focused = document.activeElement?.getAttribute?.('href');
  find('people').replaceChildren(...rows);
  if (focused?.startsWith('#') && focused.length > 1) find('people').querySelector(`[href="${CSS.escape(focused)}"]`)?.focus();
  find('nobody').hidden = people.length > 0;
}

function tap(button, message) {
  const label = button.description ? [button.title, element('small', {}, button.description)] : [button.title];
  if (button.kind === 'url' && /^https?:/.test(button.url)) {
    return element('a', { href: button.url, target: '_blank', rel: 'noopener noreferrer' }, ...label);
  }
  const act = button.kind === 'location'
    ? () => find('place').showModal()
    : () => write({ button: { id: button.id, of: message.wamid } });
  return element('button', { type: 'button', onclick: act }, ...label);
}

function drawMessage(message) {
  const bubble = element('div', { class: 'bubble' });
  if (message.header) bubble.append(element('span', { class: 'head' }, ...formatted(message.header)));
  if (KINDS[message.kind]) bubble.append(element('span', { class: 'kind' }, KINDS[message.kind], message.text ? ': ' : ''));
  bubble.append(...formatted(message.text));
  if (message.footer) bubble.append(element('span', { class: 'foot' }, message.footer));
  const meta = element('span', { class: 'meta' }, element('time', {}, clock.format(message.at_ms)));
  if (message.direction === 'written') meta.append(tick(message.state));
  bubble.append(meta);
  const fresh = known.has(message.wamid) ? '' : ' fresh';
  known.add(message.wamid);
  const article = element('article', { class: `message ${message.direction}${fresh}` }, bubble);
  article.setAttribute('aria-label', message.direction === 'written' ? 'Tu' : 'Comune');
  if (message.buttons?.length && message.direction === 'received') {
    article.append(element('div', { class: 'taps' }, ...message.buttons.map((button) => tap(button, message))));
  }
  return article;
}

function day(milliseconds) {
  const text = calendar.format(milliseconds);
  return text === calendar.format(Date.now()) ? 'Oggi' : text;
}

function drawChat(phone) {
  const writing = phone.typing_until && phone.typing_until * 1000 > Date.now();
  find('presence').textContent = writing ? 'sta scrivendo…' : 'account ufficiale';
  const now = JSON.stringify(phone.messages);
  if (now === drawn) return;
  drawn = now;
  const chat = find('chat');
  const atEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80;
  const rows = [element('p', { class: 'chip note' }, `Telefono di prova di ${phone.name}: i messaggi non escono da questo computer.`)];
  let today = '';
  for (const message of phone.messages) {
    const date = day(message.at_ms);
    if (date !== today) rows.push(element('p', { class: 'chip' }, date));
    today = date;
    rows.push(drawMessage(message));
  }
  chat.replaceChildren(...rows);
  if (atEnd) chat.scrollTop = chat.scrollHeight;
}

async function look() {
  try {
    drawPeople(await ask('/peer/phones'));
    if (!chosen) return;
    const wanted = chosen;
    const phone = await ask(`/peer/phones/${encodeURIComponent(wanted)}`);
    if (wanted === chosen) drawChat(phone);
  } catch (error) {
    find('presence').textContent = 'non raggiungibile';
    console.warn(error);
  }
}

async function write(message) {
  if (!chosen) return;
  try {
    await ask(`/peer/phones/${encodeURIComponent(chosen)}/write`, 'POST', message);
    find('chat').scrollTop = find('chat').scrollHeight;
  } catch (error) {
    find('presence').textContent = error.message;
    return;
  }
  await look();
}

function choose() {
  chosen = decodeURIComponent(location.hash.slice(1)) || null;
  drawn = '';
  known = new Set();
  document.body.classList.toggle('chatting', chosen !== null);
  find('device').hidden = chosen === null;
  find('welcome').hidden = chosen !== null;
  find('chat').replaceChildren();
  if (chosen && matchMedia('(width >= 760px)').matches) find('text').focus();
  look();
}

const box = find('text');

function fit() {
  box.rows = Math.min(5, Math.max(1, box.value.split('\n').length));
}

find('compose').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = box.value;
  if (!text.trim()) return;
  box.value = '';
  fit();
  write({ text });
});

box.addEventListener('input', fit);
box.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    find('compose').requestSubmit();
  }
});

find('add').addEventListener('click', () => {
  find('new-form').reset();
  find('new-error').textContent = '';
  find('new-phone').disabled = false;
  // Invented for sure: no Italian number begins with three zeros.
  find('new-phone').value = `+39 000 ${String(Math.floor(Math.random() * 1e7)).padStart(7, '0')}`;
  find('new').showModal();
});
find('new-cancel').addEventListener('click', () => find('new').close());
find('new-hidden').addEventListener('change', (event) => { find('new-phone').disabled = event.target.checked; });
find('new-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const phone = { name: find('new-name').value.trim() };
  if (!find('new-hidden').checked) phone.phone = find('new-phone').value;
  try {
    const made = await ask('/peer/phones', 'POST', phone);
    find('new').close();
    location.hash = made.id;
  } catch (error) {
    find('new-error').textContent = `Non è stato possibile: ${error.message}`;
  }
});

find('place-cancel').addEventListener('click', () => find('place').close());
find('place-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const number = (id) => Number(find(id).value.replace(',', '.'));
  find('place').close();
  write({ message: { type: 'location', location: { latitude: number('place-latitude'), longitude: number('place-longitude') } } });
});

addEventListener('hashchange', choose);
ask('/peer/config').then((config) => {
  find('business').textContent = config.business_name;
  document.title = `Telefoni di prova · ${config.business_name}`;
});
choose();
setInterval(look, 1000);
