// The group as a drawing: who there is, who follows whom, and how far behind.

import { s } from './dom.js';
import { behind, isUp, level } from './verdict.js';
import { short, whole } from './words.js';

const BOX = { width: 188, height: 56, gap: 18 };
const TOP = 30;
const NARROW = 640;

/** Of each kind; those that are not well come first, the rest are counted. */
const SHOWN_MAX = 5;

/**
 * @param width of the place in pixels
 * @param view `{cluster, self, rate}`: the name of the node that was asked, and how many requests a second it serves
 */
export function draw(width, { cluster, self, rate }) {
  const master = cluster.nodes.find(node => node.name === cluster.master);
  const fronts = shown(cluster.nodes.filter(node => node.type === 'secondary'), self);
  const others = shown(cluster.nodes.filter(node => node.type === 'electable' && node !== master), self);
  const place = width < NARROW ? inRows(width, fronts, others) : inColumns(width, fronts, others);
  const drawing = s('svg', {
    viewBox: `0 0 ${width} ${place.height}`, width, height: place.height, role: 'group', 'aria-label': 'The group, drawn',
  }, arrowHeads(), ...place.labels);
  drawing.append(...flows(place, master, fronts, others, self, rate));
  drawing.append(master ? box(master, place.master, self) : noMaster(place.master));
  fronts.forEach((node, i) => drawing.append(box(node, place.fronts[i], self)));
  others.forEach((node, i) => drawing.append(box(node, place.others[i], self)));
  return drawing;
}

function shown(nodes, self) {
  if (nodes.length <= SHOWN_MAX) {
    return nodes;
  }
  const order = node => (node.name === self ? 0 : { bad: 1, warn: 2, well: 3 }[level(node)]);
  const first = [...nodes].sort((a, b) => order(a) - order(b)).slice(0, SHOWN_MAX - 1);
  return [...first, { more: nodes.length - first.length, state: 'more', type: nodes[0].type }];
}

function inColumns(width, fronts, others) {
  const rows = Math.max(fronts.length, others.length, 1);
  const column = n => Array.from({ length: n }, (_, i) => TOP + (i + (rows - n) / 2) * (BOX.height + BOX.gap));
  const middle = (width - BOX.width) / 2;
  const right = width - BOX.width - 2;
  const at = (x, n) => column(n).map(y => ({ x, y, width: BOX.width, side: x }));
  return {
    height: TOP + rows * (BOX.height + BOX.gap) - BOX.gap + 4,
    fronts: at(2, fronts.length), master: at(middle, 1)[0], others: at(right, others.length),
    labels: [label(2, 'Front-ends'), label(middle, 'Master'), label(right, 'Back-ends that follow')],
    path: across,
  };
}

/** One above the other, with the lines in a margin at the left. */
function inRows(width, fronts, others) {
  const margin = 46;
  const labels = [];
  let y = 0;
  const next = (text, n) => {
    labels.push(label(margin, text, y + 16));
    y += TOP - 4;
    return Array.from({ length: n }, () => {
      const at = { x: margin, y, width: width - margin - 2 };
      y += BOX.height + 10;
      return at;
    });
  };
  const placed = { fronts: next('Front-ends', fronts.length), master: next('Master', 1)[0], others: next('Back-ends that follow', others.length) };
  return { ...placed, height: y, labels, path: around };
}

function label(x, text, y = 16) {
  return s('text', { x, y, class: 'column' }, text);
}

function arrowHeads() {
  const head = kind => s('marker', {
    id: 'head-' + kind, viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: 'auto-start-reverse', markerUnits: 'userSpaceOnUse',
  }, s('path', { d: 'M0 0 8 4 0 8z', class: 'head ' + kind }));
  return s('defs', {}, head('requests'), head('copies'), head('lost'));
}

function flows(place, master, fronts, others, self, rate) {
  const lines = [];
  const line = (from, to, kind, shifts, live) => lines.push(s('path', {
    d: place.path(from, to, shifts), class: `flow ${kind}${live ? ' live' : ''}`, 'marker-end': `url(#head-${kind})`,
  }));
  // Each line has a place of its own at the master, so that none cross.
  const step = Math.min(6, 40 / (2 * fronts.length));
  const port = i => (i - fronts.length + 0.5) * step;
  fronts.forEach((node, i) => {
    const at = place.fronts[i];
    if (!master || !isUp(node) && !node.more) {
      line(at, place.master, 'lost', [0, port(2 * i)], false);
      return;
    }
    const busy = node.name === self && rate > 0;
    line(at, place.master, 'requests', [-7, port(2 * i)], busy);
    line(place.master, at, 'copies', [port(2 * i + 1), 7], false);
    if (busy && place.path === across) {
      const x = (at.x + at.width + place.master.x) / 2;
      const y = (middle(at) + middle(place.master)) / 2 - 13;
      lines.push(s('text', { x, y, class: 'rate' }, short(rate) + '/s'));
    }
  });
  others.forEach((node, i) => {
    const well = master && (isUp(node) || node.more);
    line(place.master, place.others[i], well ? 'copies' : 'lost', [0, 0], false);
  });
  return lines;
}

function middle(at) {
  return at.y + BOX.height / 2;
}

function across(from, to, [leaving, arriving]) {
  const rightwards = to.x > from.x;
  const x0 = rightwards ? from.x + from.width + 2 : from.x - 2;
  const x1 = rightwards ? to.x - 3 : to.x + to.width + 3;
  const bend = (x1 - x0) * 0.5;
  const y0 = middle(from) + leaving;
  const y1 = middle(to) + arriving;
  return `M${x0} ${y0} C${x0 + bend} ${y0} ${x1 - bend} ${y1} ${x1} ${y1}`;
}

function around(from, to, [leaving, arriving]) {
  const x = from.x - 2;
  const out = x - 22 - (leaving + arriving) * 0.6;
  const y0 = middle(from) + leaving;
  const y1 = middle(to) + arriving;
  return `M${x} ${y0} C${out} ${y0} ${out} ${y0} ${out} ${(y0 + y1) / 2} C${out} ${y1} ${out} ${y1} ${x - 1} ${y1}`;
}

function noMaster(at) {
  return s('g', { class: 'node none', transform: `translate(${at.x} ${at.y})` },
    s('rect', { width: at.width, height: BOX.height, rx: 8 }),
    glyph('unreachable'),
    s('text', { x: 38, y: 24, class: 'name' }, 'no master'),
    s('text', { x: 38, y: 42, class: 'said' }, 'writes wait'));
}

function box(node, at, self) {
  if (node.more) {
    return s('g', { class: 'node more', transform: `translate(${at.x} ${at.y})` },
      s('rect', { width: at.width, height: BOX.height, rx: 8 }),
      s('text', { x: 16, y: 33, class: 'said' }, `and ${whole(node.more)} more, in the table below`));
  }
  const said = sentence(node);
  const own = node.name === self;
  const body = s('g', { class: `node ${node.type} ${level(node)}${own ? ' own' : ''}`, transform: `translate(${at.x} ${at.y})` },
    s('title', {}, `${node.name}: ${said}, revision ${node.revision}`),
    s('rect', { width: at.width, height: BOX.height, rx: 8 }),
    glyph(node.state),
    s('text', { x: 38, y: 24, class: 'name' }, clipped(node.name, 14)),
    s('text', { x: 38, y: 42, class: 'said' }, clipped(said, 24)),
    own ? s('text', { x: at.width - 10, y: 24, class: 'tag' }, 'this node') : null);
  if (!node.http || own) {
    return body;
  }
  return s('a', { href: node.http + '/', 'aria-label': `${node.name}, ${said}: its own page` }, body);
}

function sentence(node) {
  if (node.state === 'unreachable') {
    return 'does not answer';
  }
  if (node.state === 'unknown') {
    return 'follows no master';
  }
  if (node.state === 'starting') {
    return 'starting';
  }
  return node.state === 'master' ? `master, term ${node.term || '?'}` : behind(node);
}

function clipped(text, max) {
  return text.length > max ? text.slice(0, max - 1) + '…' : text;
}

/** A shape of its own for each state, so that colour is not needed to tell them apart. */
function glyph(state) {
  const shapes = {
    master: [s('circle', { cx: 20, cy: 28, r: 9, class: 'ring' }), s('circle', { cx: 20, cy: 28, r: 4.5 })],
    replica: [s('circle', { cx: 20, cy: 28, r: 6 })],
    starting: [s('path', { d: 'M20 19 28 33 12 33z' })],
    unknown: [s('path', { d: 'M20 19 29 28 20 37 11 28z', class: 'ring' })],
    unreachable: [s('path', { d: 'M13 21 27 35 M27 21 13 35', class: 'cross' })],
  };
  return s('g', { class: 'glyph' }, ...(shapes[state] || []));
}
