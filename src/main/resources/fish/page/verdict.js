// What the group's state means, in words. Nothing here touches the document.

import { duration, list, plural } from './words.js';

/** Seconds behind the master from which a node is called slow. */
const SLOW = 2;

const UP = new Set(['master', 'replica']);

/** Whether a node does its work. */
export function isUp(node) {
  return UP.has(node.state);
}

/** How urgent a node's state is: `well`, `warn` or `bad`. */
export function level(node) {
  if (node.state === 'unreachable') {
    return 'bad';
  }
  if (!isUp(node) || (node.lag !== null && node.lag > SLOW) || (node.warnings || []).length) {
    return 'warn';
  }
  return 'well';
}

/** "2.3 s behind", "up to date"; empty where nobody knows. */
export function behind(node) {
  if (node.state === 'master' || !isUp(node)) {
    return '';
  }
  if (node.lag === null || node.lag === undefined) {
    return 'lag not known';
  }
  return node.lag === 0 ? 'up to date' : duration(node.lag) + ' behind';
}

/**
 * @param cluster as `/cluster` tells it
 * @param checks of this node, as `/health/ready?verbose` lists them
 * @return `{level, head, words, issues: [{level, text}]}`
 */
export function judge(cluster, checks = []) {
  const backs = cluster.nodes.filter(node => node.type === 'electable');
  const up = backs.filter(isUp);
  const majority = Math.floor(backs.length / 2) + 1;
  const spare = up.length - majority;
  const issues = [
    ...cluster.nodes.filter(node => level(node) !== 'well' && (cluster.master || node.state !== 'unknown')).flatMap(issue),
    ...checks.filter(check => (!check.ok && (cluster.master || check.name !== 'master')) || / full/.test(' ' + check.text))
      .map(check => ({ level: check.ok ? 'warn' : 'bad', text: 'This node: ' + check.name + ' ' + check.text })),
  ];
  issues.sort((a, b) => (a.level === 'bad' ? 0 : 1) - (b.level === 'bad' ? 0 : 1));
  const worst = !cluster.master ? 'bad' : issues.length || (spare < 1 && backs.length > 1) ? 'warn' : 'well';
  return { level: worst, head: head(cluster, worst), words: words(cluster, backs, up, spare), issues };
}

function head(cluster, worst) {
  if (worst === 'bad') {
    return 'No master';
  }
  return worst === 'well' ? 'All is well' : 'Serving, with something to look at';
}

function words(cluster, backs, up, spare) {
  const total = plural(backs.length, 'back-end');
  if (!cluster.master) {
    const there = backs.filter(node => node.state !== 'unreachable').length;
    const need = Math.floor(backs.length / 2) + 1;
    return `Writes and strong reads wait until one is elected, by ${need} of ${total} at least; `
      + `${there} ${there === 1 ? 'answers' : 'answer'}. Local reads go on.`;
  }
  const who = `${cluster.master} is master. `;
  if (backs.length === 1) {
    return who + 'There is one back-end: without it nothing is served but local reads.';
  }
  if (spare > 0) {
    return who + `The group can lose ${spare} of ${total} and still serve`
      + (up.length < backs.length ? `; ${backs.length - up.length} ${backs.length - up.length === 1 ? 'is' : 'are'} missing already.` : '.');
  }
  return who + `The group can lose no back-end more: ${list(up.map(node => node.name))} are all needed, of ${total}.`;
}

function issue(node) {
  const told = (node.warnings || []).map(text => ({ level: 'warn', text: `${node.name}: ${text}` }));
  if (node.state === 'unreachable') {
    told.unshift({ level: 'bad', text: `${node.name} does not answer.` });
  } else if (node.state === 'starting') {
    told.unshift({ level: 'warn', text: `${node.name} is starting.` });
  } else if (node.state === 'unknown') {
    told.unshift({ level: 'warn', text: `${node.name} follows no master.` });
  } else if (node.lag !== null && node.lag > SLOW) {
    told.unshift({ level: 'warn', text: `${node.name} is slow: ${duration(node.lag)} behind the master.` });
  }
  return told;
}

/** The lines of `/health/ready?verbose`. */
export function checks(text) {
  return text.split('\n')
    .map(line => /^\[([+-])\](\S+) ?(.*)$/.exec(line))
    .filter(found => found)
    .map(([, sign, name, said]) => ({ ok: sign === '+', name, text: said }));
}

/**
 * What differs between two looks at the group, as sentences with `level`.
 * @param settled whether the same master has been there for a while: a new one learns only by and by who follows it
 */
export function difference(before, after, settled) {
  const told = [];
  if (before.master !== after.master) {
    told.push(after.master
      ? { level: before.master ? 'warn' : 'well', text: `${after.master} is master now` + (before.master ? `, after ${before.master}.` : '.') }
      : { level: 'bad', text: `${before.master} is master no more, and nobody is.` });
  }
  const old = new Map(before.nodes.map(node => [node.name, node]));
  for (const node of after.nodes) {
    const was = old.get(node.name);
    old.delete(node.name);
    if (!was) {
      if (settled || node.type === 'electable') {
        told.push({ level: 'well', text: `${node.name} joined.` });
      }
    } else if (was.state !== node.state && !isUsual(was.state, node.state)) {
      told.push({ level: level(node), text: `${node.name} ${STATES[node.state] || 'is ' + node.state}.` });
    }
  }
  for (const node of old.values()) {
    if (settled || node.type === 'electable') {
      told.push({ level: 'warn', text: `${node.name} is gone.` });
    }
  }
  return told;
}

/** Whether it needs no telling: an election, which the master's own sentence tells. */
function isUsual(was, is) {
  const known = state => UP.has(state) || state === 'unknown';
  return known(was) && known(is);
}

const STATES = {
  unreachable: 'does not answer',
  starting: 'is starting',
  unknown: 'follows no master',
  replica: 'follows the master again',
  master: 'is back as master',
};
