// The node's own time series, from /metrics/history. A node without it shows what the page itself sees.

/** Placeholder until the node serves a history. */
export class Series {
  times = [];
  node = '';

  async update() {}

  newEvents() {
    return [];
  }

  last() {
    return 0;
  }

  tiles() {
    return [];
  }

  of() {
    return [];
  }
}
