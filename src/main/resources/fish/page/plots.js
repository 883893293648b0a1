// Plots over one time axis, with events across all of them.

import { h, setText } from './dom.js';
import { clock } from './words.js';

const HEIGHT = 132;
const COLOURS = ['--line-1', '--line-2', '--line-3', '--line-4', '--line-5', '--line-6', '--line-7', '--line-8'];
const DASHES = [[], [6, 3], [2, 3], [9, 3, 2, 3]];

const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** One plot in a figure. `unit` writes a value of its axis. */
export class Plot {
  /** @param spec `{title, unit, note, floor}`: what it is called, and the least that the top of its axis is */
  constructor(spec, sync) {
    this.spec = spec;
    this.sync = sync;
    this.marks = [];
    this.names = [];
    this.data = [[]];
    this.range = [0, 1];
    this.place = h('div', { class: 'canvas', 'aria-hidden': 'true' });
    this.legend = h('ul', { class: 'legend' });
    this.figure = h('figure', { class: 'plot' },
      h('figcaption', {}, h('h3', {}, spec.title), spec.note ? h('span', { class: 'muted small' }, spec.note) : null, this.legend),
      this.place);
    new ResizeObserver(() => this.resize()).observe(this.place);
  }

  /**
   * @param times in seconds, ascending
   * @param series `[{name, values}]`, null where nothing is known
   * @param range of the time axis
   * @param marks events, `[{time, level}]`
   */
  show(times, series, range, marks) {
    const names = series.map(one => one.name);
    this.marks = marks;
    this.range = range;
    this.data = [times, ...series.map(one => one.values)];
    if (names.join('\n') !== this.names.join('\n')) {
      this.names = names;
      this.remake();
    } else if (this.plot) {
      this.plot.setData(this.data);
    }
    this.figure.classList.toggle('empty', !series.some(one => one.values.some(value => value !== null)));
    this.tell(null);
  }

  /** Anew, as when the colours have changed. */
  remake() {
    if (this.plot) {
      this.plot.destroy();
      this.plot = null;
    }
    this.legend.replaceChildren(...this.names.map((name, i) =>
      h('li', { class: 'line-' + (i % COLOURS.length + 1) }, h('span', { class: 'swatch' }), h('span', {}, name + ' '), h('b', {}))));
    const width = this.place.clientWidth;
    if (width > 0) {
      this.plot = new globalThis.uPlot(this.options(width), this.data, this.place);
    }
  }

  resize() {
    const width = this.place.clientWidth;
    if (width === 0) {
      return;
    }
    if (this.plot) {
      this.plot.setSize({ width, height: HEIGHT });
    } else {
      this.remake();
    }
  }

  options(width) {
    const grid = { stroke: style('--grid'), width: 1 };
    const axis = { stroke: style('--muted'), grid, ticks: { show: false }, font: '11px system-ui, sans-serif' };
    return {
      width, height: HEIGHT, padding: [8, 6, 0, 0],
      legend: { show: false },
      cursor: { sync: { key: this.sync }, y: false, points: { size: 5 }, drag: { x: false, y: false } },
      scales: {
        x: { time: true, range: () => this.range },
        y: { range: (u, low, high) => [0, Math.max(high || 0, this.spec.floor) * 1.1] },
      },
      axes: [
        { ...axis, size: 22, space: 70, values: (u, ticks) => ticks.map(t => clock(t).slice(0, ticks.length > 1 && ticks[1] - ticks[0] < 60 ? 8 : 5)) },
        { ...axis, size: 56, space: 30, values: (u, ticks) => ticks.map(this.spec.unit) },
      ],
      series: [{}, ...this.names.map((name, i) => ({
        stroke: style(COLOURS[i % COLOURS.length]), width: 1.6, dash: DASHES[Math.floor(i / COLOURS.length) % DASHES.length],
        spanGaps: false, points: { show: false },
      }))],
      hooks: {
        drawClear: [u => this.drawMarks(u)],
        setCursor: [u => this.tell(u.cursor.idx)],
      },
    };
  }

  drawMarks(u) {
    const { ctx, bbox } = u;
    ctx.save();
    for (const mark of this.marks) {
      const x = Math.round(u.valToPos(mark.time, 'x', true)) + 0.5;
      if (x >= bbox.left && x <= bbox.left + bbox.width) {
        ctx.strokeStyle = style({ bad: '--bad', warn: '--warn', well: '--well' }[mark.level] || '--muted');
        ctx.lineWidth = devicePixelRatio;
        ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
      }
    }
    ctx.restore();
  }

  /** Writes the values at an index, or the last ones, beside the names. */
  tell(index) {
    const last = this.data[0].length - 1;
    const at = index === null || index === undefined ? last : index;
    [...this.legend.children].forEach((row, i) => {
      const value = at < 0 ? null : this.data[i + 1][at];
      setText(row.lastElementChild, value === null || value === undefined ? '–' : this.spec.unit(value));
    });
  }
}
