// What the page's requests make of answers that break off or come from something between: page.mjs API.JS

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

globalThis.sessionStorage = { getItem: () => null };
const source = readFileSync(process.argv[2]).toString('base64');
const api = await import('data:text/javascript;base64,' + source);

/** An answer of this status whose body is this text, or breaks off. */
function answers(status, body) {
  const read = async () => {
    if (body === undefined) {
      throw new TypeError('network error');
    }
    return body;
  };
  globalThis.fetch = async () => ({
    ok: status < 300, status, text: read, json: async () => JSON.parse(await read()),
  });
}

async function failed(work, expected) {
  await assert.rejects(work, e => {
    assert.ok(e instanceof api.Failure, String(e));
    assert.equal(e.outcome, expected);
    return true;
  });
}

answers(200);
await failed(api.json('cluster'), '');
await failed(api.text('health/ready'), '');
answers(200, '{"a":1}');
assert.deepEqual(await api.json('cluster'), { a: 1 });
assert.equal(await api.text('health/ready'), '{"a":1}');

answers(502, '<h1>Bad gateway</h1>');
await failed(api.ask('PUT', 'kv/a'), 'unknown');
await failed(api.ask('GET', 'kv/a'), '');
answers(503, '{"code":"no-master","outcome":"not-applied"}');
await failed(api.ask('PUT', 'kv/a'), 'not-applied');
answers(403, '{"code":"forbidden"}');
await failed(api.ask('PUT', 'kv/a'), '');
console.log('ok');
