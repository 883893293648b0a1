// What no further try changes is told at once: trust.mjs FISH.MJS URL

import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';

const [client, url] = process.argv.slice(2);
const { Fish, NotApplied, ReadFailed } = await import(pathToFileURL(client));

async function told(kind, work) {
  const started = Date.now();
  await assert.rejects(work, e => {
    assert.ok(e instanceof kind && e.code === 'no-connection' && e.detail.includes('its certificate is not trusted'), String(e));
    return true;
  });
  assert.ok(Date.now() - started < 20_000, 'it was tried again and again');
}

const fish = new Fish([url], { timeout: 60_000, tryTimeout: 10_000 });
await told(ReadFailed, () => fish.get('a'));
await told(NotApplied, () => fish.put('a', 'x'));
await told(ReadFailed, () => fish.watch('').next());
await told(ReadFailed, () => fish.watch('', { since: 7 }).next());
fish.close();
console.log('ok');
