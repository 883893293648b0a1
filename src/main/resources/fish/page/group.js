// The view of the group: is it well, what happened, who is slow.

import * as api from './api.js';
import { h, setText } from './dom.js';
import { draw } from './drawing.js';
import { Events, Lags } from './history.js';
import { Plot } from './plots.js';
import { Series } from './series.js';
import { behind, checks, difference, judge, level } from './verdict.js';
import { bytes, clock, duration, short, whole } from './words.js';

const RANGES = [[300, '5 min'], [900, '15 min'], [3600, '1 hour']];

/** Seconds until a new master knows who follows it. */
const SETTLING = 15;

const PLOTS = [
  { id: 'throughput', title: 'Requests a second', unit: short, floor: 1, steps: 'whole' },
  { id: 'latency', title: 'Latency', unit: duration, floor: 0.001, log: true },
  { id: 'lag', title: 'Behind the master', unit: duration, floor: 0.1 },
  { id: 'batch', title: 'Writes in one commit', unit: short, floor: 1 },
  { id: 'commit', title: 'Time of a commit', unit: duration, floor: 0.001, log: true },
  { id: 'disk', title: 'Disk', unit: bytes, floor: 1 << 20, steps: 'bytes' },
  { id: 'failed', title: 'Failed and waiting', unit: short, floor: 1, steps: 'whole' },
  { id: 'memory', title: 'Memory', unit: bytes, floor: 1 << 20, steps: 'bytes' },
];

export class GroupView {
  constructor(section) {
    this.lags = new Lags();
    this.events = new Events();
    this.series = new Series();
    this.range = RANGES[0][0];
    this.cluster = null;
    this.checks = [];
    this.self = '';
    this.build(section);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.plots.forEach(plot => plot.remake()));
    new ResizeObserver(() => this.drawGroup()).observe(this.drawing);
  }

  build(section) {
    this.verdict = h('div', { class: 'verdict', role: 'status' },
      h('h1', { id: 'verdict-head' }, 'Looking …'), h('p', { id: 'verdict-words' }));
    this.issues = h('ul', { id: 'issues' });
    this.tiles = h('dl', { class: 'tiles' });
    this.drawing = h('div', { id: 'drawing' });
    this.eventList = h('ol', { id: 'events', tabindex: 0, 'aria-label': 'Events, the latest first' });
    this.rows = h('tbody');
    this.plots = new Map(PLOTS.map(spec => [spec.id, new Plot(spec, 'fish')]));
    section.append(
      h('div', { class: 'top' }, h('div', {}, this.verdict, this.issues), this.tiles),
      h('div', { class: 'two' },
        h('section', { class: 'card', 'aria-labelledby': 'drawing-head' }, h('h2', { id: 'drawing-head' }, 'The group'), this.drawing, legend()),
        h('section', { class: 'card', 'aria-labelledby': 'events-head' }, h('h2', { id: 'events-head' }, 'What happened'), this.eventList)),
      h('section', { 'aria-labelledby': 'plots-head' },
        h('div', { class: 'bar' }, h('h2', { id: 'plots-head' }, 'Over time'), this.plotsOf = h('span', { class: 'muted small' }), this.ranges()),
        h('div', { class: 'plots' }, ...[...this.plots.values()].map(plot => plot.figure))),
      h('section', { class: 'card', 'aria-labelledby': 'nodes-head' }, h('h2', { id: 'nodes-head' }, 'Nodes'),
        h('div', { class: 'wide' }, h('table', {}, h('thead', {}, h('tr', {},
          ...['Node', 'Kind', 'State', 'Behind', 'Revision', 'HTTP', 'Replication'].map(name => h('th', { scope: 'col' }, name)))), this.rows))));
  }

  ranges() {
    return h('fieldset', { class: 'choice' }, h('legend', { class: 'hidden' }, 'How far back'),
      ...RANGES.map(([seconds, name]) => h('label', {},
        h('input', { type: 'radio', name: 'range', checked: seconds === this.range, onchange: () => this.lookBack(seconds) }),
        h('span', {}, name))));
  }

  async lookBack(seconds) {
    this.range = seconds;
    await this.series.update(seconds).catch(() => {}); // the next look tells
    this.showPlots();
  }

  /**
   * Asks the node, and shows what it says.
   * @return whether all is well, so that there is no hurry
   */
  async look(visible) {
    const [cluster, ready] = await Promise.all([
      api.json('cluster'), api.text('health/ready?verbose', { also: [503] }),
      this.series.update(this.range).catch(failure => this.noSeries(failure)),
    ]);
    const now = Date.now() / 1000;
    this.checks = checks(ready);
    if (this.cluster?.master !== cluster.master) {
      this.unsettledUntil = now + SETTLING;
    }
    if (this.cluster) {
      difference(this.cluster, cluster, now > this.unsettledUntil).forEach((told, i) =>
        this.events.add({ key: `seen-${now}-${i}`, time: now, level: told.level, text: told.text, from: 'seen by this page' }));
    }
    this.cluster = cluster;
    this.self = this.series.node || this.self || this.ownName(cluster);
    this.lags.add(now, cluster.nodes);
    this.series.newEvents().forEach(event => this.events.add(event));
    const verdict = judge(cluster, this.checks);
    if (visible) {
      this.show(verdict);
    }
    this.verdict.dataset.shown = 'true';
    return verdict.level === 'well';
  }

  noSeries(failure) {
    if (failure.status !== 404 && failure.status !== 403) {
      throw failure;
    }
  }

  /** Before its series said so: the one whose address this page was loaded from. */
  ownName(cluster) {
    const own = cluster.nodes.find(node => node.http && new URL(node.http).port === location.port);
    return own ? own.name : '';
  }

  show(verdict = judge(this.cluster, this.checks)) {
    this.verdict.className = 'verdict ' + verdict.level;
    setText(this.verdict.firstChild, verdict.head);
    setText(this.verdict.lastChild, verdict.words);
    replace(this.issues, verdict.issues, issue => h('li', { class: issue.level }, issue.text));
    this.drawGroup();
    this.showTiles();
    this.showTable();
    this.showEvents();
    this.showPlots();
  }

  drawGroup() {
    const width = Math.floor(this.drawing.clientWidth);
    if (!this.cluster || width === 0) {
      return;
    }
    const rate = this.series.last('reads') + this.series.last('writes');
    const told = JSON.stringify([width, this.self, rate > 0 && short(rate), this.cluster.master,
      this.cluster.nodes.map(node => [node.name, node.state, behind(node), node.warnings, node.term])]);
    if (told !== this.drawn) {
      const focused = this.drawing.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
      this.drawing.replaceChildren(draw(width, { cluster: this.cluster, self: this.self, rate }));
      this.drawn = told;
      if (focused) {
        this.drawing.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
      }
    }
  }

  showTiles() {
    const lags = this.cluster.nodes.filter(node => node.lag !== null && node.state !== 'unreachable').map(node => node.lag);
    const tiles = [
      ...this.series.tiles(),
      ['Furthest behind', lags.length ? duration(Math.max(...lags)) : '–'],
      ['Revision', whole(Math.max(0, ...this.cluster.nodes.map(node => node.revision)))],
    ];
    replace(this.tiles, tiles, ([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value)));
  }

  showTable() {
    const rows = this.cluster.nodes.map(node => ({
      ...node, urgent: level(node), kind: node.type === 'electable' ? 'back-end' : 'front-end', said: behind(node) || '–',
    }));
    replace(this.rows, rows, node => h('tr', { class: node.urgent },
      h('th', { scope: 'row' }, node.name, node.name === this.self ? h('span', { class: 'muted small' }, ' this node') : null),
      h('td', {}, node.kind), h('td', {}, h('span', { class: 'state ' + node.urgent }, node.state)),
      h('td', {}, node.said), h('td', { class: 'number' }, node.revision ? whole(node.revision) : '–'),
      h('td', {}, node.http ? h('a', { href: node.http + '/' }, node.http) : '–'), h('td', {}, node.address || '–')));
  }

  showEvents() {
    const latest = this.events.all.slice(-100).reverse();
    if (latest.length === 0) {
      this.eventList.replaceChildren(h('li', { class: 'muted' }, 'Nothing yet, since this page was opened.'));
      this.eventList.shown = '';
      return;
    }
    replace(this.eventList, latest, event => h('li', { class: event.level },
      h('time', { datetime: new Date(event.time * 1000).toISOString() }, clock(event.time)),
      h('span', {}, event.text, event.from ? h('span', { class: 'muted small' }, ' ' + event.from) : null)));
  }

  showPlots() {
    if (!this.cluster) {
      return;
    }
    const now = Date.now() / 1000;
    const range = [now - this.range, now];
    const marks = this.events.since(range[0]).filter(event => event.mark !== false);
    for (const [id, plot] of this.plots) {
      const [times, series] = id === 'lag' ? this.lagSeries() : [this.series.times, this.series.of(id)];
      plot.figure.hidden = series.length === 0;
      plot.show(times, series, range, marks);
    }
    const master = this.cluster.nodes.find(node => node.name === this.cluster.master);
    const told = [this.series.node, master?.name, master?.http];
    replace(this.plotsOf, [told], () => [
      h('span', {}, this.series.node ? `as ${this.series.node} saw it` : 'as this page saw it'),
      this.series.node && master?.http && master.name !== this.self
        ? h('span', {}, '; batches and commits are on the page of the master, ', h('a', { href: master.http + '/' }, master.name)) : '',
    ]);
  }

  /** What the group told since this page was opened, and before that what the node knew of itself. */
  lagSeries() {
    const own = this.series.of('lag').filter(one => one.values.some(value => value !== null));
    const all = [...this.lags.series(), ...own];
    const tables = [[this.lags.times, ...this.lags.series().map(one => one.values)], [this.series.times, ...own.map(one => one.values)]];
    const joined = globalThis.uPlot.join(tables.filter(table => table[0].length > 0 && table.length > 1));
    return all.length ? [joined[0], all.map((one, i) => ({ name: one.name, values: joined[i + 1] }))] : [[], []];
  }
}

/** New children, only where what they show has changed. */
function replace(parent, items, make) {
  const told = JSON.stringify(items);
  if (parent.shown !== told) {
    parent.shown = told;
    parent.replaceChildren(...items.map(make).flat());
  }
}

function legend() {
  return h('ul', { class: 'key', 'aria-label': 'Lines of the drawing' },
    h('li', {}, h('span', { class: 'sample requests' }), 'requests'),
    h('li', {}, h('span', { class: 'sample copies' }), 'replication'),
    h('li', {}, h('span', { class: 'sample lost' }), 'broken or waiting'));
}
