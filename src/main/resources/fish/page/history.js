// What was: the node's own time series, and what this page saw of the group since it was opened.

/** An hour at two seconds. */
const SAMPLES_MAX = 1800;
const EVENTS_MAX = 300;

/** Samples of how far each node is behind, as `/cluster` told it, bounded. */
export class Lags {
  times = [];
  byName = new Map();

  add(time, nodes) {
    this.times.push(time);
    for (const node of nodes) {
      if (!this.byName.has(node.name)) {
        this.byName.set(node.name, new Array(this.times.length - 1).fill(null));
      }
    }
    const now = new Map(nodes.map(node => [node.name, node.state === 'unreachable' ? null : node.lag]));
    this.byName.forEach((values, name) => values.push(now.get(name) ?? null));
    if (this.times.length > SAMPLES_MAX) {
      this.times.shift();
      this.byName.forEach((values, name) => {
        values.shift();
        if (values.every(value => value === null)) {
          this.byName.delete(name);
        }
      });
    }
  }

  series() {
    return [...this.byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, values]) => ({ name, values }));
  }
}

/** Events in the order of their times, bounded, each once. */
export class Events {
  all = [];
  known = new Set();

  /** @param event `{key, time, level, text}`; a key that is known already changes nothing */
  add(event) {
    if (this.known.has(event.key)) {
      return false;
    }
    this.known.add(event.key);
    let at = this.all.length;
    while (at > 0 && this.all[at - 1].time > event.time) {
      at--;
    }
    this.all.splice(at, 0, event);
    if (this.all.length > EVENTS_MAX) {
      this.known.delete(this.all.shift().key);
    }
    return true;
  }

  since(time) {
    return this.all.filter(event => event.time >= time);
  }
}
