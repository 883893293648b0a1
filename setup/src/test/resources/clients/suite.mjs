// What every client must be able to, over a kill of the master: suite.mjs FISH.MJS PREFIX URL…
// Prints "working" once it is under way, goes on until a line comes, and ends with "ok" and exit code 0.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

const [client, PREFIX, ...URLS] = process.argv.slice(2);
const { Fish, NotApplied, PreconditionFailed } = await import(pathToFileURL(client));
const WORKERS = 3;
const MORE = 5;

async function all(records) {
  const list = [];
  for await (const record of records) {
    list.push(record);
  }
  return list;
}

async function basics(fish) {
  const key = PREFIX + 'basics/ä b/../%2F?#+';
  const revision = await fish.put(key, 'one', { ifAbsent: true });
  let record = await fish.get(key);
  assert.deepEqual([record.text, record.revision, record.created], ['one', revision, revision]);
  assert.match(record.contentType, /^text\/plain/);
  await assert.rejects(fish.put(key, 'two', { ifRevision: revision - 1 }), refused =>
    refused instanceof PreconditionFailed && refused instanceof NotApplied && refused.revision === revision);
  const second = await fish.put(key, Uint8Array.of(0, 255), { ifRevision: revision, ttl: 3_600_000 });
  record = await fish.get(key, { consistency: 'local', after: second });
  assert.deepEqual([...record.value], [0, 255]);
  assert.notEqual(record.expires, '');
  assert.ok(await fish.touch(key, null) > second);
  assert.equal((await fish.get(key)).expires, '');
  assert.ok(await fish.delete(key) > second);
  assert.equal(await fish.get(key), null);
  assert.equal(await fish.delete(key), null);
  assert.equal(await fish.touch(key, 1000), null);

  const many = PREFIX + 'many/';
  for (let i = 0; i < 5; i++) {
    await fish.putJson(many + i, { n: i });
  }
  assert.deepEqual((await all(fish.list(many, { page: 2 }))).map(one => one.json().n), [0, 1, 2, 3, 4]);
  assert.deepEqual((await all(fish.list(many, { keys: true, reverse: true, page: 2 }))).map(one => one.value), new Array(5).fill(undefined));
  assert.equal(await fish.count(many), 5);
  const answer = await fish.txn({ if: [{ key: many + '0', json: { n: 0 } }], then: [{ delete: { key: many + '0' } }] });
  assert.equal(answer.branch, 'then');
  assert.equal((await fish.txn({ then: [{ get: { key: many + '0' } }] })).results[0].get.exists, false);
  assert.equal(await fish.deleteRange(many), 4);
  assert.equal(await fish.count(many), 0);
  assert.ok((await fish.cluster()).nodes.length >= 3);
  await storedJson(fish);
}

/** What JavaScript would write otherwise comes as it was put. */
async function storedJson(fish) {
  const at = PREFIX + 'stored/';
  const texts = ['{"n":' + '9'.repeat(5000) + '}', '[12345678901234567890,1.0,-0]', '['.repeat(900) + ']'.repeat(900)];
  const revisions = [];
  for (const [i, text] of texts.entries()) {
    revisions.push(await fish.put(at + i, text, { contentType: 'application/json' }));
  }
  assert.deepEqual((await all(fish.list(at))).map(one => one.text), texts);
  const seen = [];
  for await (const commit of fish.watch(at, { since: revisions[0] - 1 })) {
    if (seen.push(commit.changes[0].record.text) === texts.length) {
      break;
    }
  }
  assert.deepEqual(seen, texts);
}

/** A proxy whose way to Fish is gone says 404 too. */
async function nobodySaysThatThereIsNone() {
  const server = createServer((request, response) => response.writeHead(404).end('nothing here'));
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const fish = new Fish([`http://127.0.0.1:${server.address().port}`]);
  for (const work of [() => fish.get('a'), () => fish.delete('a'), () => fish.touch('a', 1)]) {
    await assert.rejects(work(), e => e.code === 'bad-answer');
  }
  fish.close();
  server.close();
}

let enough = false;
const logged = [];

async function work(fish, worker) {
  for (let i = 0, more = MORE; more > 0; i++) {
    more -= enough ? 1 : 0;
    await fish.transact(async tx => tx.put(PREFIX + 'counter', String(Number(await tx.text(PREFIX + 'counter', '0')) + 1)));
    const key = `${PREFIX}log/${worker}-${i}`;
    await fish.put(key, String(i));
    logged.push(key);
  }
}

async function follow(fish, since, seen) {
  for await (const commit of fish.watch(PREFIX + 'log/', { since })) {
    seen.push(commit);
    if (commit.changes.some(change => change.key.endsWith('/end'))) {
      return;
    }
  }
}

await nobodySaysThatThereIsNone();
const fish = new Fish(URLS, { timeout: 60_000 });
await basics(fish);
const seen = [];
const following = follow(fish, await fish.now(PREFIX + 'log/'), seen);
const working = Promise.all(Array.from({ length: WORKERS }, (_, n) => work(fish, n)));
console.log('working');
process.stdin.once('data', () => { enough = true; });
await working;
await fish.put(PREFIX + 'log/end', '');
await following;

assert.equal((await fish.get(PREFIX + 'counter')).text, String(logged.length));
const revisions = seen.map(commit => commit.revision);
assert.deepEqual(revisions, [...new Set(revisions)].sort((a, b) => a - b));
assert.deepEqual(seen.flatMap(commit => commit.changes.map(change => change.key)).sort(), [...logged, PREFIX + 'log/end'].sort());
console.log('ok', logged.length);
fish.close();
process.exit(0);
