// One record: what it is, its value in three forms, and changes that never overwrite somebody else's unseen.

import * as api from './api.js';
import { h, setText } from './dom.js';
import { bytes as size, duration, whole } from './words.js';
import * as values from './values.js';

/** How often a record is read anew that was changed between its two halves. */
const READS_MAX = 5;
const FORMS = ['text', 'json', 'hex'];

/** Reads a record with its value as bytes; null where there is none. */
async function read(key, consistency, tries = READS_MAX) {
  const answer = await api.ask('POST', api.url('txn', { consistency }), {
    body: JSON.stringify({ then: [{ get: { key } }] }),
  });
  const record = (await answer.json()).results[0].get;
  if (record.exists === false) {
    return null;
  }
  const told = { ...record, clock: clockOf(answer) };
  if ('text' in record) {
    return { ...told, value: values.ofText(record.text) };
  }
  if ('base64' in record) {
    return { ...told, value: values.ofBase64(record.base64) };
  }
  // JSON was parsed on its way: its bytes, as they were written, are had by its path alone.
  if (api.isUnaskable(key)) {
    return { ...told, value: values.ofText(JSON.stringify(record.json)) };
  }
  const raw = await api.ask('GET', api.url(api.keyPath(key), { consistency }), { also: [404] });
  if (raw.headers.get('ETag') === `"${record.revision}"`) {
    return { ...told, value: new Uint8Array(await raw.arrayBuffer()) };
  }
  if (tries > 1) {
    return read(key, consistency, tries - 1);
  }
  throw new api.Failure({ detail: 'it changes all the time' });
}

/** How far the node's clock is ahead of this one, in milliseconds; its answers tell whole seconds. */
function clockOf(answer) {
  const ahead = Date.parse(answer.headers.get('Date')) - Date.now();
  return Number.isNaN(ahead) || Math.abs(ahead) < 2000 ? 0 : ahead;
}

export class Editor {
  /** @param told `changed(key, record)` after each write, `closed()` */
  constructor(told) {
    this.told = told;
    this.key = '';
    this.element = h('section', { class: 'card editor', 'aria-label': 'Record' });
    this.nothing();
    setInterval(() => this.tick(), 1000);
  }

  nothing() {
    this.key = '';
    this.record = null;
    this.ends = null;
    this.element.replaceChildren(h('p', { class: 'muted' }, 'Choose a key to see its record.'));
  }

  focus() {
    this.element.querySelector('textarea, input')?.focus();
  }

  /** Whether it was opened: not where another was chosen meanwhile. */
  async open(key, consistency) {
    const opening = {};
    this.opening = opening;
    if (!await this.mayLeave(key)) {
      return false;
    }
    this.consistency = consistency;
    const before = this.entered();
    try {
      const record = await read(key, consistency);
      const left = this.entered() === before || await this.mayLeave(key);
      if (!left || this.opening !== opening) {
        return false;
      }
      this.key = key;
      if (!record) {
        this.nothing();
        this.element.replaceChildren(h('p', { class: 'notice warn', role: 'alert' }, `There is no record ${key} any more.`));
        this.told.changed(key, null);
        return false;
      }
      this.show(record);
      return true;
    } catch (failure) {
      if (this.opening === opening) {
        this.element.replaceChildren(h('p', { class: 'notice bad', role: 'alert' }, `${key} could not be read: ${failure.message}`));
      }
      return false;
    }
  }

  /** Whether what was typed, if anything, may go for this one. */
  async mayLeave(key) {
    return !this.dirty() || key === this.key || this.confirm('What you typed is not saved.', 'Throw it away');
  }

  /** All that can be entered, to be compared. */
  entered() {
    return this.record ? JSON.stringify([this.area.value, this.type.value, this.end.value]) : '';
  }

  /** An empty form for a record that is not there yet. */
  create(prefix) {
    this.opening = {};
    this.key = '';
    this.show({ key: prefix, value: new Uint8Array(), contentType: 'text/plain; charset=utf-8', isNew: true });
    this.element.querySelector('#new-key').focus();
  }

  show(record) {
    this.record = record;
    const text = values.text(record.value);
    this.form = values.isJsonType(record.contentType) && text !== null ? 'json' : text === null || record.contentEncoding ? 'hex' : 'text';
    this.large = record.value.length > values.SHOWN_MAX;
    this.build();
    this.put(record.value);
  }

  build() {
    const { record } = this;
    this.status = h('div', { class: 'told', role: 'status' });
    this.conflict = h('div', { role: 'alert' });
    this.area = h('textarea', {
      'aria-label': 'Value', spellcheck: 'false', rows: 14, oninput: () => this.typed(),
      onkeydown: event => this.shortcut(event),
    });
    this.save = h('button', { type: 'button', class: 'main', onclick: () => this.write() }, record.isNew ? 'Create' : 'Save');
    this.forms = h('fieldset', { class: 'choice' }, h('legend', { class: 'hidden' }, 'Shown as'), ...FORMS.map(form => h('label', {},
      h('input', { type: 'radio', name: 'form', value: form, checked: form === this.form, onchange: () => this.turn(form) }),
      h('span', {}, { text: 'Text', json: 'JSON', hex: 'Hex' }[form]))));
    this.type = h('input', { id: 'type', value: record.contentType || '', placeholder: 'none', spellcheck: 'false', oninput: () => this.typed() });
    this.end = h('select', { id: 'end', 'aria-label': 'When it ends', onchange: () => this.typed() },
      record.expires ? h('option', { value: 'keep' }, 'ends as it did') : null,
      h('option', { value: 'none' }, 'never ends'),
      ...[['1m', '1 minute'], ['1h', '1 hour'], ['1d', '1 day'], ['30d', '30 days']].map(([ttl, name]) => h('option', { value: ttl }, `ends in ${name}`)));
    this.ends = h('span');
    this.element.replaceChildren(
      h('div', { class: 'bar' }, record.isNew
        ? h('label', { class: 'grow' }, 'Key ', h('input', { id: 'new-key', value: record.key, spellcheck: 'false', oninput: () => this.typed() }))
        : h('h2', { class: 'key-name' }, record.key), this.forms),
      record.isNew ? '' : facts(record, this.ends),
      this.conflict,
      this.area,
      h('div', { class: 'bar tools' }, h('label', { for: 'type' }, 'Type'), this.type, this.end),
      h('div', { class: 'buttons' }, this.save,
        this.revert = h('button', { type: 'button', onclick: () => this.show(this.record) }, 'Undo'),
        record.isNew ? null : h('button', { type: 'button', onclick: () => this.open(this.key, this.consistency) }, 'Read again'),
        record.isNew ? null : h('button', { type: 'button', onclick: () => this.download() }, 'Download'),
        record.isNew ? null : h('button', { type: 'button', class: 'danger right', onclick: () => this.remove() }, 'Delete …')),
      this.status);
    this.tick();
  }

  /** Fills the text field, in the form that is chosen. */
  put(bytes) {
    this.shown = bytes;
    const part = this.large ? bytes.subarray(0, values.SHOWN_MAX) : bytes;
    const text = values.text(part);
    if (this.form === 'hex') {
      this.area.value = values.hex(part);
    } else if (this.form === 'json') {
      this.area.value = this.large ? text ?? '' : indentedOr(text ?? '');
    } else {
      this.area.value = text ?? new TextDecoder().decode(part);
    }
    const lossy = this.form !== 'hex' && text === null && part.length > 0;
    this.area.readOnly = this.large || lossy;
    this.filled = this.area.value;
    this.typed();
    setText(this.status, this.large ? `Only the first ${size(values.SHOWN_MAX)} are shown, and cannot be edited here: download it.`
      : lossy ? 'These bytes are no plain text: they can be edited as hex.' : '');
  }

  typed() {
    const changed = this.dirty();
    this.save.disabled = !changed || (this.large && this.area.value !== this.filled);
    this.revert.disabled = !changed;
  }

  dirty() {
    if (!this.record || !this.area) {
      return false;
    }
    return this.area.value !== this.filled || this.type.value !== (this.record.contentType || '')
      || this.end.value !== (this.record.expires ? 'keep' : 'none') || Boolean(this.record.isNew);
  }

  /** The bytes that were typed; those that were read where nothing was. */
  bytes() {
    if (this.area.value === this.filled) {
      return this.shown;
    }
    if (this.form === 'hex') {
      return values.ofHex(this.area.value);
    }
    if (this.form === 'json') {
      JSON.parse(this.area.value);
    }
    return values.ofText(this.area.value);
  }

  turn(form) {
    try {
      const bytes = this.bytes();
      const edited = this.area.value !== this.filled;
      this.form = form;
      this.put(bytes);
      if (edited) {
        this.filled = null;
        this.typed();
      }
    } catch (wrong) {
      this.forms.querySelector(`[value=${this.form}]`).checked = true;
      setText(this.status, wrong.message);
    }
  }

  shortcut(event) {
    if ((event.ctrlKey || event.metaKey) && (event.key === 's' || event.key === 'Enter')) {
      event.preventDefault();
      if (!this.save.disabled) {
        this.write();
      }
    }
  }

  /** How long the record shall live: a parameter, or nothing. */
  ttl() {
    if (this.end.value !== 'keep') {
      return this.end.value === 'none' ? undefined : this.end.value;
    }
    return Math.max(1, Date.parse(this.record.expires) - Date.now() - this.record.clock) + 'ms';
  }

  /** @param revision that it must be at; without it the one that was read */
  async write(revision = this.record.revision) {
    const isNew = this.record.isNew;
    const key = isNew ? this.element.querySelector('#new-key').value : this.key;
    let body;
    try {
      body = this.bytes();
    } catch (wrong) {
      setText(this.status, 'Not saved: ' + wrong.message);
      return;
    }
    if (api.isUnaskable(key) || key === '') {
      setText(this.status, key === '' ? 'A key has at least one character.' : 'No browser can write that key: use curl --path-as-is.');
      return;
    }
    const headers = isNew && revision === undefined ? { 'If-None-Match': '*' } : { 'If-Match': `"${revision}"` };
    if (this.type.value) {
      headers['Content-Type'] = this.type.value;
    }
    if (this.record.contentEncoding) {
      headers['Content-Encoding'] = this.record.contentEncoding;
    }
    await this.submit({
      method: 'PUT', path: api.url(api.keyPath(key), { ttl: this.ttl() }), headers, body,
      done: async answer => this.written(key, body, await answer.json()),
    });
  }

  written(key, value, done) {
    const written = { ...this.record, ...done, value, contentType: this.type.value || undefined, expires: done.expires, isNew: undefined, clock: 0 };
    const form = this.form;
    this.key = key;
    this.show(written);
    this.turn(form);
    setText(this.status, `Saved at revision ${whole(done.revision)}.`);
    this.told.changed(key, { ...written, value: undefined });
  }

  async remove() {
    if (!await this.confirm(`Delete ${this.key}?`, 'Delete')) {
      return;
    }
    const key = this.key;
    await this.submit({
      method: 'DELETE', path: api.keyPath(key), headers: { 'If-Match': `"${this.record.revision}"` },
      done: async () => {
        this.nothing();
        this.element.replaceChildren(h('p', { role: 'status' }, `${key} is deleted.`));
        this.told.changed(key, null);
      },
    });
  }

  /** Sends a write; what is tried again is the same to the byte, under the same key, and so done once. */
  async submit(request) {
    request.headers['Idempotency-Key'] ??= api.idempotencyKey();
    const { record } = this;
    this.save.disabled = true;
    setText(this.status, 'Saving …');
    try {
      const answer = await api.ask(request.method, request.path, { headers: request.headers, body: request.body, seconds: 15 });
      if (this.record === record) {
        await request.done(answer);
      }
    } catch (failure) {
      if (this.record === record) {
        setText(this.status, '');
        await this.refused(failure, request);
        this.typed();
      }
    }
  }

  async refused(failure, request) {
    if (failure.status === 412) {
      await this.lost(request.method);
      return;
    }
    // What is none of these came after a head that said it was done.
    const unknown = !(failure instanceof api.Failure) || failure.outcome === 'unknown';
    this.conflict.replaceChildren(h('div', { class: 'notice bad' },
      h('p', {}, h('b', {}, unknown ? 'It is not known whether this was done. ' : 'Nothing was changed. '), failure.message, '. '),
      unknown ? h('p', {}, 'Trying again is safe: it is done once.') : null,
      h('p', { class: 'buttons' }, h('button', { type: 'button', onclick: () => this.submit(request) }, 'Try again'))));
  }

  /** Somebody else was faster: says so, and shows theirs beside what was typed. */
  async lost(method) {
    const key = this.record.isNew ? this.element.querySelector('#new-key').value : this.key;
    let theirs = null;
    try {
      theirs = await read(key);
    } catch (e) {
      setText(this.status, 'What it is now could not be read: ' + e.message);
    }
    const did = method === 'DELETE' ? 'Not deleted' : 'Not saved';
    const said = this.record.isNew ? `there is a record ${key} already.`
      : theirs ? `somebody changed this record meanwhile. It is at revision ${whole(theirs.revision)} now; you began at ${whole(this.record.revision)}.`
        : 'somebody deleted this record meanwhile.';
    const text = theirs && values.text(theirs.value.subarray(0, values.SHOWN_MAX));
    this.conflict.replaceChildren(h('div', { class: 'notice bad', id: 'lost' },
      h('p', {}, h('b', {}, did + ': '), said, method === 'DELETE' ? '' : ' What you typed is still below.'),
      theirs ? h('details', {}, h('summary', {}, 'What it is now'), h('pre', {}, text ?? values.hex(theirs.value.subarray(0, 4096)))) : null,
      h('p', { class: 'buttons' },
        theirs ? h('button', { type: 'button', onclick: () => this.take(key, theirs) }, 'Take theirs') : null,
        theirs && method !== 'DELETE' ? h('button', { type: 'button', class: 'danger', onclick: () => this.write(theirs.revision) }, 'Replace theirs with mine') : null)));
  }

  take(key, theirs) {
    this.key = key;
    this.show(theirs);
    this.told.changed(key, { key, revision: theirs.revision, expires: theirs.expires });
  }

  confirm(question, yes) {
    return new Promise(resolve => {
      const dialog = h('dialog', { 'aria-label': question }, h('form', { method: 'dialog' }, h('p', {}, question),
        h('p', { class: 'buttons' },
          h('button', { type: 'submit', value: 'yes', class: 'danger' }, yes),
          h('button', { type: 'submit', value: 'no' }, 'Cancel'))));
      dialog.addEventListener('close', () => {
        dialog.remove();
        resolve(dialog.returnValue === 'yes');
      });
      document.body.append(dialog);
      dialog.showModal();
    });
  }

  download() {
    const link = h('a', { href: URL.createObjectURL(new Blob([this.record.value])), download: this.key.split('/').pop() || 'value' });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  tick() {
    if (this.ends && this.record && this.record.expires) {
      const left = (Date.parse(this.record.expires) - Date.now() - this.record.clock) / 1000;
      setText(this.ends, left > 0 ? `in ${duration(Math.ceil(left))}` : 'ended');
    }
  }
}

function indentedOr(text) {
  try {
    return values.indented(text);
  } catch (e) {
    return text;
  }
}

function facts(record, ends) {
  const told = [
    ['Revision', whole(record.revision)],
    ['Created at', record.created ? whole(record.created) : '–'],
    ['Size', size(record.value.length)],
    record.contentEncoding ? ['Encoding', record.contentEncoding] : null,
    record.expires ? ['Ends', ends] : null,
  ];
  return h('dl', { class: 'facts' }, ...told.filter(one => one).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))));
}
