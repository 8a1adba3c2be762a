// Sends files piece by piece, goes on where it stopped, after a reload too. Words come from the page.
(() => {
'use strict';
const MOST = 4 * 2 ** 20, LEAST = 2 ** 18, SLOW = 20e3, FAST = 5e3, LONGEST_WAIT = 60e3;
const form = document.querySelector('form[data-upload]');
if (!form || form.dataset.ready) return;
form.dataset.ready = form.querySelector('.plain-only').hidden = true;
const [input, list, one, said, wrong] = ['input[type=file]', '.sending', 'template', '.said', '.error'].map((part) => form.querySelector(part));
const [go, hold] = form.querySelectorAll('button');
const api = form.dataset.upload;
const mine = `upload:${api}:`;
const told = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
const sent = new Map();
let paused = false, current = null, wake = () => {};

const fill = (name, values) => form.dataset[name].replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
const tell = (name, values = {}) => { said.textContent = name ? fill(name, values) : ''; };
const after = (ms) => new Promise((done) => { wake = done; setTimeout(done, ms); });
const running = async () => { while (paused) await new Promise((done) => { wake = done; }); };
const kept = (act, ...rest) => { try { return localStorage[act](...rest); } catch { return null; } };

const call = (method, url, body, moved) => new Promise((done) => {
  const request = current = new XMLHttpRequest();
  request.open(method, url);
  request.setRequestHeader('Accept', 'application/json');
  request.setRequestHeader('X-CSRF', form.elements.csrf.value);
  request.timeout = body instanceof ArrayBuffer ? 600e3 : 60e3;
  if (moved) request.upload.onprogress = (event) => moved(event.loaded);
  request.onloadend = () => {
    let answer = {};
    try { answer = JSON.parse(request.responseText) || {}; } catch {}
    done({ status: request.status, answer });
  };
  request.send(body);
});

// A cut line and a busy site are waited for.
const patiently = async (...asked) => {
  for (let wait = 1e3; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    await running();
    const got = await call(...asked);
    if (got.status && got.status < 500 && got.status !== 408 && got.status !== 429) return got;
    if (paused) continue;
    tell('waiting', { seconds: told.format(wait / 1e3) });
    await after(wait);
  }
};

const fields = (more) => {
  const all = new URLSearchParams(more);
  form.querySelectorAll('input[type=hidden]').forEach((field) => all.set(field.name, field.value));
  return all;
};
const fail = (name, answer = {}) => { throw new Error(answer.detail || fill('failed', { name })); };
const fine = ({ status }) => status >= 200 && status < 300;

const begin = async (file, key) => {
  const before = kept('getItem', key);
  if (before) {
    const got = await patiently('GET', `${api}/${before}`);
    if (fine(got)) return { id: before, offset: got.answer.offset };
  }
  const got = await patiently('POST', api, fields({ name: file.name, size: file.size }));
  if (!fine(got)) fail(file.name, got.answer);
  kept('setItem', key, got.answer.id);
  return got.answer;
};

const send = async (file, row) => {
  const key = mine + [file.name, file.size, file.lastModified].join(':');
  let { id, offset } = await begin(file, key), size = MOST;
  const show = (bytes) => {
    row.querySelector('progress').value = file.size ? bytes / file.size : 1;
    row.querySelector('.aside').textContent = fill('progress', { done: told.format(bytes / 1e6), total: told.format(file.size / 1e6) });
  };
  tell('sending', { name: file.name });
  for (show(offset); offset < file.size; show(offset)) {
    const at = offset, began = Date.now();
    let piece;
    try { piece = await file.slice(at, at + size).arrayBuffer(); } catch { throw new Error(fill('gone', { name: file.name })); }
    const got = await patiently('PUT', `${api}/${id}?offset=${at}`, piece, (bytes) => show(at + bytes));
    if (!Number.isInteger(got.answer.offset) || !(fine(got) || got.status === 409)) fail(file.name, got.answer);
    offset = got.answer.offset;
    if (offset === at) await after(2e3);
    tell('sending', { name: file.name });
    const took = Date.now() - began;
    size = took > SLOW ? Math.max(size / 2, LEAST) : took < FAST ? Math.min(size * 2, MOST) : size;
  }
  const got = await patiently('POST', `${api}/${id}/finish`, fields());
  kept('removeItem', key);
  if (!fine(got)) fail(file.name, got.answer);
  return got.answer.next;
};

const pause = (now) => {
  paused = now;
  hold.textContent = form.dataset[now ? 'resume' : 'pause'];
  if (now) { tell('paused'); current?.abort(); }
  wake();
};
hold.addEventListener('click', () => pause(!paused));
addEventListener('online', () => wake());

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  wrong.textContent = '';
  const files = [...input.files];
  list.replaceChildren(...files.map((file) => {
    const row = one.content.cloneNode(true).firstElementChild;
    row.querySelector('strong').textContent = file.name;
    row.querySelector('progress').setAttribute('aria-label', file.name);
    return row;
  }));
  list.hidden = hold.hidden = false;
  go.disabled = input.disabled = true;
  try {
    for (const [at, file] of files.entries()) sent.has(file) || sent.set(file, await send(file, list.children[at]));
    tell('done');
    const ends = files.map((file) => sent.get(file)), next = ends.at(-1) || form.action, base = form.elements.next?.value || location.pathname;
    location.assign(next[0] === '?' ? base + (base.includes('?') ? '&' : '?') + ends.map((end) => end.slice(1)).join('&') : next);
  } catch (problem) {
    tell('');
    wrong.textContent = problem.message;
    go.disabled = input.disabled = false;
    hold.hidden = true;
  }
});

const open = Object.keys(kept('valueOf') || {}).filter((key) => key.startsWith(mine));
if (open.length) tell('again', { name: open.map((key) => key.slice(mine.length).split(':').slice(0, -2).join(':')).join(', ') });
})();
