// The node's own time series and events, from /metrics/history. A node without it shows what this page sees.

import * as api from './api.js';
import { bytes, duration, short } from './words.js';

/** Up to here back there are points of a second each, beyond it of five. */
const FINE_RANGE = 300;
const COARSE_EVERY = 10;

/** Which series a plot shows, by what they are called there. */
const SHOWN = {
  throughput: [['reads', 'reads'], ['writes', 'writes'], ['committed', 'committed by the pen'], ['strongReads', 'strong reads']],
  latency: [['readP50', 'read p50'], ['writeP50', 'write p50'], ['readP99', 'read p99'], ['writeP99', 'write p99']],
  lag: [['lag', 'this node, at most'], ['lagMax', 'furthest']],
  batch: [['batch', 'mean']],
  commit: [['commitP50', 'p50'], ['commitP99', 'p99']],
  disk: [['diskData', 'data'], ['diskUsable', 'free']],
  failed: [['errors', 'errors/s'], ['held', 'waiting for a master'], ['queue', 'waiting for the pen']],
  memory: [['heap', 'heap']],
};

/** Series that only a master has. */
const MASTERS = new Set(['committed', 'strongReads', 'batch', 'commitP50', 'commitP99', 'queue']);

/** Points at one step, bounded, asked for as they come. */
class Ring {
  constructor(step, max) {
    this.step = step;
    this.max = max;
    this.times = [];
    this.values = new Map();
  }

  /** Takes what is newer than what is there. */
  take(answer) {
    const last = this.times.length ? this.times[this.times.length - 1] : -Infinity;
    const from = answer.times.findIndex(time => time > last);
    if (from < 0) {
      return;
    }
    for (const [name, given] of Object.entries(answer.series)) {
      if (!this.values.has(name)) {
        this.values.set(name, new Array(this.times.length).fill(null));
      }
      this.values.get(name).push(...given.slice(from));
    }
    this.times.push(...answer.times.slice(from));
    this.values.forEach(values => {
      while (values.length < this.times.length) {
        values.push(null);
      }
      values.splice(0, values.length - this.max);
    });
    this.times.splice(0, this.times.length - this.max);
  }

  since() {
    return this.times.length ? Math.floor(this.times[this.times.length - 1]) : undefined;
  }
}

export class Series {
  node = '';
  fine = new Ring('1s', 600);
  coarse = new Ring('5s', 720);
  shown = this.fine;
  coarseAt = 0;
  events = [];

  /** @param range in seconds back from now, that is looked at */
  async update(range) {
    this.shown = range <= FINE_RANGE ? this.fine : this.coarse;
    await this.ask(this.fine);
    if (this.shown === this.coarse && Date.now() - this.coarseAt > COARSE_EVERY * 1000) {
      this.coarseAt = Date.now();
      await this.ask(this.coarse);
    }
  }

  async ask(ring) {
    const answer = await api.json(api.url('metrics/history', { step: ring.step, since: ring.since() }));
    this.node = answer.node;
    ring.take(answer);
    if (ring === this.fine) {
      this.events = answer.events.map(event => told(event));
    }
  }

  newEvents() {
    return this.events;
  }

  get times() {
    return this.shown.times;
  }

  /** The mean of the last seconds, or 0. */
  last(name, seconds = 3) {
    const known = (this.fine.values.get(name) || []).slice(-seconds).filter(value => value !== null);
    return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : 0;
  }

  /** The largest of the last seconds; null where none is known. */
  worst(name, seconds = 10) {
    const known = (this.fine.values.get(name) || []).slice(-seconds).filter(value => value !== null);
    return known.length ? Math.max(...known) : null;
  }

  tiles() {
    if (!this.node) {
      return [];
    }
    const usable = this.last('diskUsable');
    if ((this.fine.values.get('role') || []).at(-1) === 'master') {
      return [
        ['Writes a second', short(this.last('committed'))],
        ['Writes in a commit', short(this.last('batch'))],
        ['A commit, p99 of 10 s', duration(this.worst('commitP99'))],
        ['Disk free', usable ? bytes(usable) : '–'],
      ];
    }
    return [
      ['Reads a second', short(this.last('reads'))],
      ['Writes a second', short(this.last('writes'))],
      ['Writes, p99 of 10 s', duration(this.worst('writeP99'))],
      ['Disk free', usable ? bytes(usable) : '–'],
    ];
  }

  /** What a plot shows; empty where this node has none of it. */
  of(plot) {
    return SHOWN[plot].filter(([series]) => this.shown.values.has(series) && this.isOfInterest(series))
      .map(([series, name]) => ({ name, values: this.shown.values.get(series) }));
  }

  /** Not what says nothing: room that makes the data a flat line, and the pen of a node that is not master. */
  isOfInterest(series) {
    if (series === 'diskUsable') {
      return this.last('diskUsable') <= 5 * this.last('diskData');
    }
    return !MASTERS.has(series) || this.shown.values.get('role').includes('master');
  }
}

const SENTENCES = {
  role: f => (f.role === 'master' ? `${f.node} is master.`
    : f.role === 'replica' ? `${f.node} follows ${f.master || 'a master'}.`
      : f.role === 'starting' ? `${f.node} is starting.` : `${f.node} follows no master.`),
  'took-office': f => `${f.node} took over as master, term ${f.term}.`,
  'serving-http': f => `${f.node} serves HTTP.`,
  linked: f => `This node sends requests to ${f.master}, term ${f.term}.`,
  unlinked: f => `This node lost the master ${f.master}${f.reason ? ': ' + f.reason : ''}.`,
  joined: f => `${f.node} joined the group ${f.group}.`,
  starting: f => `${f.node || 'This node'} started${f.version ? ', version ' + f.version : ''}.`,
  stopping: () => 'This node stops.',
  'handed-over': f => `The mastership was handed to ${f.to}.`,
  'handing-over': f => `${f.node} hands the mastership over.`,
  'leaving-office': f => `${f.node || 'This node'} steps down${f.reason ? ': ' + f.reason : ''}.`,
  'disk-full': f => `The disk is full${f.reason ? ': ' + f.reason : ''}.`,
  'disk-has-room': () => 'The disk has room again.',
};

const LEVELS = {
  unlinked: 'bad', 'leaving-office': 'bad', 'disk-full': 'bad', 'pen-stuck': 'bad', linked: 'well', joined: 'well', 'disk-has-room': 'well',
  'clocks-differ': 'warn', 'handed-over': 'warn', 'handing-over': 'warn', filling: 'warn', 'set-aside': 'warn', stopping: 'warn',
};

function told(event) {
  const f = event.fields || {};
  const level = event.event === 'role' ? ({ master: 'well', replica: 'well', starting: 'info' })[f.role] || 'bad' : LEVELS[event.event] || 'info';
  const rest = Object.entries(f).filter(([name]) => name !== 'node').map(([name, value]) => `${name} ${value}`).join(', ');
  const text = SENTENCES[event.event]?.(f) ?? event.event.replaceAll('-', ' ') + (rest ? `: ${rest}` : '') + '.';
  return { key: `${event.time}-${event.number}`, time: Date.parse(event.time) / 1000, level, text, mark: level !== 'info' };
}
