// The view of changes: a live tail, which goes on where it broke off.

import * as api from './api.js';
import { afterPause, h, setText } from './dom.js';
import { bytes, plural, whole } from './words.js';

const KEPT_MAX = 500;
const SHOWN_OF_A_COMMIT = 20;
const PREVIEW = 160;

export class ChangesView {
  constructor(section) {
    this.prefix = '';
    this.waiting = [];
    this.seen = 0;
    this.lastId = '';
    this.input = h('input', { id: 'tail-prefix', type: 'search', placeholder: 'all keys', spellcheck: 'false', autocomplete: 'off',
      oninput: afterPause(300, () => this.filter(this.input.value)) });
    this.button = h('button', { type: 'button', onclick: () => this.toggle() }, 'Stop');
    this.status = h('p', { class: 'muted' });
    this.list = h('ol', { id: 'tail', role: 'log', 'aria-live': 'off', 'aria-label': 'Changes, the latest first', tabindex: 0 });
    section.append(
      h('div', { class: 'bar tools' }, h('label', { for: 'tail-prefix' }, 'Keys that begin with'), this.input, this.button,
        h('button', { type: 'button', onclick: () => this.clear() }, 'Clear'), this.status),
      h('section', { class: 'card', 'aria-label': 'Live tail' }, this.list));
    document.addEventListener('visibilitychange', () => (document.hidden ? this.stop() : this.wanted && this.start()));
  }

  enter(params) {
    if (params.has('prefix') && params.get('prefix') !== this.prefix) {
      this.input.value = params.get('prefix');
      this.prefix = this.input.value;
    }
    this.wanted = true;
    setText(this.button, 'Stop');
    this.start();
  }

  leave() {
    this.wanted = false;
    this.lastId = '';
    this.stop();
  }

  filter(prefix) {
    if (prefix !== this.prefix) {
      this.prefix = prefix;
      history.replaceState(null, '', '#changes' + (prefix ? '?prefix=' + encodeURIComponent(prefix) : ''));
      this.clear();
      this.stop();
      this.lastId = '';
      this.start();
    }
  }

  toggle() {
    this.wanted = !this.wanted;
    setText(this.button, this.wanted ? 'Stop' : 'Go on');
    if (this.wanted) {
      this.start();
    } else {
      this.stop();
      setText(this.status, `Stopped. ${plural(this.seen, 'commit')} seen.`);
    }
  }

  clear() {
    this.list.replaceChildren();
    this.waiting = [];
    this.seen = 0;
  }

  stop() {
    this.asked?.abort();
    this.asked = null;
  }

  /** Follows until it is stopped; a broken stream is taken up again, a bit later each time. */
  async start() {
    if (this.asked || document.hidden) {
      return;
    }
    const asked = new AbortController();
    this.asked = asked;
    let pause = 500;
    while (!asked.signal.aborted) {
      try {
        this.tell('Connecting …');
        for await (const event of api.events(api.url('changes', { prefix: this.prefix }), { signal: asked.signal, lastId: this.lastId })) {
          pause = 500;
          this.take(event);
        }
      } catch (failure) {
        if (asked.signal.aborted) {
          return;
        }
        if (failure.code === 'compacted') {
          this.lastId = '';
          this.add(h('li', { class: 'muted' }, 'What came before is kept no more: from now on.'));
        } else if (failure.status === 401 || failure.status === 403) {
          this.tell(failure.message);
          this.asked = null;
          return;
        } else {
          this.tell(`Broken off: ${failure.message || 'the stream ended'}. It is taken up again where it was.`);
        }
      }
      await new Promise(resolve => setTimeout(resolve, pause));
      pause = Math.min(8000, pause * 2);
    }
  }

  take(event) {
    this.lastId = event.id || this.lastId;
    if (event.event === 'commit') {
      this.seen++;
      this.waiting.push(JSON.parse(event.data));
      if (this.waiting.length > KEPT_MAX) {
        this.waiting.shift();
      }
    }
    if (!this.painting) {
      this.painting = true;
      requestAnimationFrame(() => this.paint());
    }
  }

  /** All that came since the last frame at once, the latest first. */
  paint() {
    this.painting = false;
    const time = new Date().toLocaleTimeString('en-GB');
    const atTop = this.list.scrollTop < 5;
    const before = this.list.scrollHeight;
    this.list.prepend(...this.waiting.reverse().map(commit => row(commit, time)));
    this.waiting = [];
    while (this.list.childElementCount > KEPT_MAX) {
      this.list.lastElementChild.remove();
    }
    if (!atTop) {
      this.list.scrollTop += this.list.scrollHeight - before;
    }
    this.tell(`Live. ${plural(this.seen, 'commit')} seen.`);
  }

  add(item) {
    this.list.prepend(item);
  }

  tell(text) {
    setText(this.status, text);
  }
}

function row(commit, time) {
  const changes = commit.changes.slice(0, SHOWN_OF_A_COMMIT).map(change);
  const more = commit.changes.length - changes.length;
  return h('li', {}, h('time', {}, time), h('span', { class: 'number muted' }, whole(commit.revision)),
    h('ul', {}, ...changes, more > 0 ? h('li', { class: 'muted' }, `and ${whole(more)} more`) : null));
}

function change(one) {
  if (one.delete) {
    return h('li', {}, h('b', { class: 'op delete' }, 'delete'), name(one.delete.key));
  }
  return h('li', {}, h('b', { class: 'op put' }, 'put'), name(one.put.key), h('span', { class: 'muted preview' }, preview(one.put)));
}

function name(key) {
  return h('a', { class: 'key-name', href: '#records?key=' + encodeURIComponent(key) }, key);
}

function preview(put) {
  if (put.superseded) {
    return 'overwritten since';
  }
  if ('base64' in put) {
    return bytes(Math.floor(put.base64.length * 3 / 4)) + ' of ' + (put.contentType || 'bytes');
  }
  const text = 'json' in put ? JSON.stringify(put.json) : put.text || '';
  return text.length > PREVIEW ? text.slice(0, PREVIEW) + '…' : text;
}
