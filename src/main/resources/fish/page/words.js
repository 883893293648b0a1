// Numbers, times and sizes as people read them.

/** 1234567 as 1,234,567. */
export function whole(n) {
  return Math.round(n).toLocaleString('en-US');
}

/** Three digits and a unit: 1.24 k. */
export function short(n) {
  if (n === null || n === undefined || Number.isNaN(n)) {
    return '–';
  }
  const units = ['', ' k', ' M', ' G', ' T'];
  let at = 0;
  let x = Math.abs(n);
  while (x >= 999.5 && at < units.length - 1) {
    x /= 1000;
    at++;
  }
  const digits = x >= 100 ? 0 : x >= 10 ? 1 : 2;
  return (n < 0 ? '-' : '') + Number(x.toFixed(digits)) + units[at];
}

/** 1536 as 1.5 KiB. */
export function bytes(n) {
  if (n === null || n === undefined || Number.isNaN(n)) {
    return '–';
  }
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let at = 0;
  let x = n;
  while (x >= 1023.5 && at < units.length - 1) {
    x /= 1024;
    at++;
  }
  return (at === 0 || x >= 100 ? Math.round(x) : x.toFixed(1)) + ' ' + units[at];
}

/** Seconds as 12 ms, 3.2 s, 4 min. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) {
    return '–';
  }
  const x = Math.abs(seconds);
  if (x === 0) {
    return '0 ms';
  }
  if (x < 0.001) {
    return (x * 1e6).toFixed(0) + ' µs';
  }
  if (x < 0.01) {
    return (x * 1000).toFixed(1) + ' ms';
  }
  if (x < 1) {
    return (x * 1000).toFixed(0) + ' ms';
  }
  if (x < 90) {
    return (x < 10 ? x.toFixed(1) : x.toFixed(0)) + ' s';
  }
  if (x < 5400) {
    return (x / 60).toFixed(0) + ' min';
  }
  return x < 172800 ? (x / 3600).toFixed(1) + ' h' : (x / 86400).toFixed(1) + ' d';
}

/** 12:03:59 in the reader's own time. */
export function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString('en-GB');
}

export function plural(n, one, many = one + 's') {
  return whole(n) + ' ' + (n === 1 ? one : many);
}

/** a, b and c. */
export function list(names) {
  return names.length < 2 ? names.join('') : names.slice(0, -1).join(', ') + ' and ' + names[names.length - 1];
}
