// The view of the records: a list of keys of any length, and one of them beside it.

import * as api from './api.js';
import { afterPause, h, setText } from './dom.js';
import { Editor } from './editor.js';
import { plural, whole } from './words.js';

const PAGE = 1000;
const ROW = 30;

/** More are not kept; a longer prefix finds them. */
const KEPT_MAX = 200_000;

export class RecordsView {
  constructor(section) {
    this.prefix = '';
    this.forget();
    this.editor = new Editor({
      changed: (key, record) => this.changed(key, record),
      closed: () => this.list.focus(),
    });
    this.build(section);
    new ResizeObserver(() => this.paint()).observe(this.scroller);
  }

  build(section) {
    this.input = h('input', {
      id: 'prefix', type: 'search', placeholder: 'all keys', spellcheck: 'false', autocomplete: 'off',
      oninput: afterPause(250, () => this.go(this.input.value)),
    });
    this.local = h('input', { type: 'checkbox', id: 'local', onchange: () => this.reload() });
    this.count = h('p', { class: 'muted', role: 'status' });
    this.spacer = h('div', { class: 'rows', role: 'presentation' });
    this.list = h('div', {
      id: 'keys', role: 'listbox', tabindex: 0, 'aria-label': 'Keys', onkeydown: event => this.key(event),
      onclick: event => this.clicked(event),
    }, this.spacer);
    this.scroller = this.list;
    this.list.addEventListener('scroll', () => this.paint(), { passive: true });
    section.append(
      h('div', { class: 'bar tools' },
        h('label', { for: 'prefix' }, 'Keys that begin with'), this.input,
        h('label', { class: 'check' }, this.local, h('span', {}, 'from this node’s own copy')),
        this.count,
        h('span', { class: 'buttons right' },
          h('button', { type: 'button', onclick: () => this.reload() }, 'Again'),
          h('button', { type: 'button', class: 'main', onclick: () => this.editor.create(this.prefix) }, 'New record'))),
      this.trouble = h('div', { role: 'alert' }),
      h('div', { class: 'two records' },
        h('section', { class: 'card', 'aria-label': 'List of keys' }, this.list),
        this.editor.element));
  }

  enter(params) {
    const prefix = params.get('prefix') || '';
    if (prefix !== this.prefix || !this.begun) {
      this.begun = true;
      this.input.value = prefix;
      this.prefix = prefix;
      this.reload();
    }
    if (params.has('key') && params.get('key') !== this.editor.key) {
      this.open(params.get('key'));
    }
    this.paint();
  }

  go(prefix) {
    if (prefix !== this.prefix) {
      this.prefix = prefix;
      this.remember();
      this.reload();
    }
  }

  /** What is looked at stands in the address, for a link or a reload. */
  remember() {
    const params = new URLSearchParams();
    if (this.prefix) {
      params.set('prefix', this.prefix);
    }
    if (this.editor.key) {
      params.set('key', this.editor.key);
    }
    const query = params.toString();
    history.replaceState(null, '', '#records' + (query ? '?' + query : ''));
  }

  forget() {
    this.asked?.abort();
    this.asked = new AbortController();
    this.rows = [];
    this.next = '';
    this.chosen = -1;
    this.loading = false;
    this.painted = '';
  }

  read() {
    return this.local.checked ? 'local' : undefined;
  }

  async reload() {
    this.forget();
    this.list.scrollTop = 0;
    setText(this.count, 'Counting …');
    await this.more();
    if (!this.failed) {
      this.tellCount();
    }
  }

  async tellCount() {
    const signal = this.asked.signal;
    try {
      const answer = await api.json(api.url('kv', { prefix: this.prefix, count: true, consistency: this.read() }), { signal });
      this.total = answer.count;
      setText(this.count, plural(answer.count, 'record'));
      this.paint();
    } catch (e) {
      if (!signal.aborted) {
        setText(this.count, '');
      }
    }
  }

  async more() {
    if (this.loading || this.next === undefined || this.rows.length >= KEPT_MAX) {
      return;
    }
    const signal = this.asked.signal;
    this.loading = true;
    this.failed = false;
    try {
      const page = await api.json(api.url('kv', {
        prefix: this.prefix, keys: true, limit: PAGE, cursor: this.next || undefined, consistency: this.read(),
      }), { signal });
      this.trouble.replaceChildren();
      this.rows.push(...page.records);
      this.next = page.next;
    } catch (failure) {
      if (signal.aborted) {
        return;
      }
      this.failed = true;
      setText(this.count, '');
      this.trouble.replaceChildren(h('p', { class: 'notice bad' }, `The keys could not be listed: ${failure.message}. `,
        this.local.checked ? null : h('button', { type: 'button', onclick: () => { this.local.checked = true; this.reload(); } }, 'Show this node’s own copy')));
    } finally {
      if (!signal.aborted) {
        this.loading = false;
      }
    }
    this.paint();
  }

  /** Makes elements of those rows alone that can be seen. */
  paint() {
    const height = this.scroller.clientHeight;
    if (height === 0) {
      return;
    }
    const from = Math.max(0, Math.floor(this.scroller.scrollTop / ROW) - 8);
    const to = Math.min(this.rows.length, Math.ceil((this.scroller.scrollTop + height) / ROW) + 8);
    const told = [from, to, this.chosen, this.rows.length, this.total, this.editor.key, this.generation].join();
    if (told !== this.painted) {
      this.painted = told;
      this.spacer.style.height = this.rows.length * ROW + 'px';
      this.spacer.replaceChildren(...this.rows.slice(from, to).map((row, i) => this.row(row, from + i)));
      if (this.rows.length === 0 && !this.failed && this.next === undefined) {
        this.spacer.replaceChildren(h('p', { class: 'muted' }, this.prefix ? 'No key begins so.' : 'There is no record yet.'));
      }
    }
    if (to > this.rows.length - PAGE / 4 && !this.failed) {
      this.more();
    }
  }

  row(record, at) {
    const element = h('div', {
      role: 'option', id: 'key-' + at, class: 'key-row' + (record.key === this.editor.key ? ' open' : ''),
      'aria-selected': String(at === this.chosen), 'aria-posinset': at + 1, 'aria-setsize': this.total ?? -1, 'data-at': at,
    }, h('span', { class: 'key-name' }, record.key),
    record.expires ? h('span', { class: 'muted small', title: 'ends ' + record.expires }, 'ends') : null,
    h('span', { class: 'muted small number' }, whole(record.revision)));
    element.style.top = at * ROW + 'px';
    return element;
  }

  clicked(event) {
    const at = event.target.closest('[data-at]')?.dataset.at;
    if (at !== undefined) {
      this.choose(Number(at));
      this.open(this.rows[Number(at)].key);
    }
  }

  key(event) {
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / ROW) - 1);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key in moves) {
      event.preventDefault();
      this.choose(Math.max(0, Math.min(this.rows.length - 1, Math.max(0, this.chosen) + moves[event.key])));
    } else if (event.key === 'Enter' && this.rows[this.chosen]) {
      event.preventDefault();
      this.open(this.rows[this.chosen].key, true);
    }
  }

  choose(at) {
    this.chosen = at;
    const top = at * ROW;
    if (top < this.scroller.scrollTop) {
      this.scroller.scrollTop = top;
    } else if (top + ROW > this.scroller.scrollTop + this.scroller.clientHeight) {
      this.scroller.scrollTop = top + ROW - this.scroller.clientHeight;
    }
    this.paint();
    this.list.setAttribute('aria-activedescendant', 'key-' + at);
  }

  async open(key, focus = false) {
    if (await this.editor.open(key, this.read()) && focus) {
      this.editor.focus();
    }
    this.remember();
    this.paint();
  }

  /** A record was written here, or deleted: then `record` is null. */
  changed(key, record) {
    // Not by order: the node's is that of bytes.
    const at = this.rows.findIndex(row => row.key === key);
    const there = at >= 0;
    this.generation = (this.generation || 0) + 1;
    if (record === null) {
      if (there) {
        this.rows.splice(at, 1);
        this.total--;
      }
    } else if (there) {
      this.rows[at] = { ...this.rows[at], ...record };
    } else if (key.startsWith(this.prefix)) {
      this.reload();
    }
    if (this.total !== undefined) {
      setText(this.count, plural(Math.max(0, this.total), 'record'));
    }
    this.remember();
    this.paint();
  }
}
