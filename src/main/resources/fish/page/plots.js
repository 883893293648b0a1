// Plots over one time axis, with events across all of them.

import { h, setText } from './dom.js';
import { clock } from './words.js';

const HEIGHT = 132;
const COLOURS = ['--line-1', '--line-2', '--line-3', '--line-4', '--line-5', '--line-6', '--line-7', '--line-8'];
const DASHES = [[], [6, 3], [2, 3], [9, 3, 2, 3]];

const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// On a logarithmic axis: the powers of ten around a value.
const below = x => 10 ** Math.floor(Math.log10(x));
const above = x => (x > 0 ? 10 ** Math.ceil(Math.log10(x)) : 0);
const decades = (low, high) => Array.from({ length: Math.round(Math.log10(high / low)) + 1 }, (_, i) => low * 10 ** i);

/** Between ticks: of bytes, and of what is counted. */
const STEPS = {
  bytes: Array.from({ length: 46 }, (_, i) => 2 ** i),
  whole: Array.from({ length: 12 }, (_, i) => [1, 2, 5].map(first => first * 10 ** i)).flat(),
};

const URGENCY = { well: 0, warn: 1, bad: 2 };

/** One plot in a figure. `unit` writes a value of its axis. */
export class Plot {
  /** @param spec `{title, unit, floor, log, steps}`: what it is called, how a value is written, the least that the top of
   *     its axis is, whether it is logarithmic, and where there are ticks */
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
      h('figcaption', {}, h('h3', {}, spec.title), this.legend),
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
    this.marks = [...marks].sort((a, b) => (URGENCY[a.level] ?? 0) - (URGENCY[b.level] ?? 0));
    this.range = range;
    // Where it is logarithmic there is no place for nothing.
    const shown = values => (this.spec.log ? values.map(value => (value === 0 ? null : value)) : values);
    this.data = [times, ...series.map(one => shown(one.values))];
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
      width, height: HEIGHT, padding: [8, 16, 0, 0],
      legend: { show: false },
      cursor: { sync: { key: this.sync }, y: false, points: { size: 5 }, drag: { x: false, y: false } },
      scales: {
        x: { time: true, range: () => this.range },
        y: this.spec.log
          ? { distr: 3, range: (u, low, high) => [below(low || this.spec.floor), Math.max(above(high || 0), 10 * this.spec.floor)] }
          : { range: (u, low, high) => [0, Math.max(high || 0, this.spec.floor) * 1.1] },
      },
      axes: [
        { ...axis, size: 22, space: 46, values: (u, ticks) => ticks.map(t => clock(t).slice(0, ticks.length > 1 && ticks[1] - ticks[0] < 60 ? 8 : 5)) },
        {
          ...axis, size: 56, space: 30, values: (u, ticks) => ticks.map(tick => (tick === null ? '' : this.spec.unit(tick))),
          ...(this.spec.steps ? { incrs: STEPS[this.spec.steps] } : {}),
          ...(this.spec.log ? { splits: (u, at, low, high) => decades(low, high) } : {}),
        },
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
    [...this.legend.children].forEach((row, i) => {
      const values = this.data[i + 1];
      let at = index === null || index === undefined ? values.length - 1 : index;
      while (at > 0 && values[at] === undefined) {
        at--; // no point of this series is at that time
      }
      const value = values[at];
      setText(row.lastElementChild, value === null || value === undefined ? '–' : this.spec.unit(value));
    });
  }
}
