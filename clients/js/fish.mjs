// A client of Fish, a key-value store over HTTP. One file, for Node 18.17 or later and for browsers, nothing beyond them.
//
//   import { Fish } from './fish.mjs';
//
//   const fish = new Fish(['http://localhost:8000', 'http://localhost:8001']);
//   await fish.put('greeting', 'hello');
//   console.log((await fish.get('greeting')).text);
//   await fish.transact(async tx => tx.put('count', String(Number(await tx.text('count', '0')) + 1)));
//   for await (const commit of fish.watch('users/')) {
//     console.log(commit.revision, commit.changes);
//   }
//
// Requests go to the front-ends in turn, and are tried again where that can help, until their timeout. Every write
// carries an Idempotency-Key, the same in each try, so it is applied once however often it is sent. What fails says
// what is known: NotApplied (nothing happened) or UnknownOutcome (it may have).

// Node 18 has it only so.
const webcrypto = globalThis.crypto ?? (await import('node:crypto')).webcrypto;

const TRIES_MAX = 16;
const TRANSACT_TRIES_MAX = 64;
const ENTRIES_MAX = 128;
const PAUSE_MIN = 10;
const PAUSE_MAX = 1000;

/** A stream says something every 5 s at least. */
const SILENCE_MAX = 12_000;

const PASSING = new Set(['in-progress', 'overloaded', 'no-master', 'not-master', 'no-quorum', 'starting', 'shutting-down',
  'unknown-outcome', 'lagging', 'request-timeout']);

/** What went wrong: `code` is of Fish's documentation, or `no-connection` or `bad-answer`. */
export class FishError extends Error {
  constructor(code, detail) {
    super(`${code}: ${detail}`);
    this.name = new.target.name;
    this.code = code;
    this.detail = detail;
  }
}

/** A read that was not answered. */
export class ReadFailed extends FishError {}

/** A write that did not happen, here or anywhere. */
export class NotApplied extends FishError {}

/** The record is not as the write wanted it; `revision` is what it is at, undefined where there is none. */
export class PreconditionFailed extends NotApplied {
  constructor(detail, revision) {
    super('precondition-failed', detail);
    this.revision = revision;
  }
}

/** A transaction that others were faster than, each time. */
export class Conflict extends NotApplied {}

/** A write that may have happened. To send it again under `idempotencyKey` is safe. */
export class UnknownOutcome extends FishError {
  constructor(code, detail, idempotencyKey) {
    super(code, detail);
    this.idempotencyKey = idempotencyKey;
  }
}

/** A record; `value` is a Uint8Array, undefined where it was not asked for. */
export class FishRecord {
  constructor(fields) {
    Object.assign(this, fields);
    Object.freeze(this);
  }

  get text() {
    return new TextDecoder().decode(this.value);
  }

  json() {
    return JSON.parse(this.text);
  }
}

export class Fish {
  #urls;
  #at;
  #timeout;
  #tryTimeout;
  #headers;
  #closed = new AbortController();

  /**
   * @param urls of front-ends, `http://host:port` each; `['']` in a page that a front-end served
   * @param options `timeout` of a request, all its tries and pauses together, and `tryTimeout` of one try, in
   *     milliseconds; `token`
   */
  constructor(urls, { timeout = 10_000, tryTimeout = 5_000, token = '' } = {}) {
    if (!Array.isArray(urls) || urls.length === 0) {
      throw new TypeError('there is at least one front-end');
    }
    this.#urls = urls.map(url => url.replace(/\/$/, ''));
    this.#at = Math.floor(Math.random() * urls.length);
    this.#timeout = timeout;
    this.#tryTimeout = tryTimeout;
    this.#headers = token ? { Authorization: 'Bearer ' + token } : {};
  }

  /** Ends what is under way, watches too. May come twice. */
  close() {
    this.#closed.abort(new NotApplied('closed', 'the client is closed'));
  }

  // --- Records ---

  /** The record, null where there is none. Options: `consistency`, `after`, `maxLag`, `timeout`. */
  async get(key, options = {}) {
    const answer = await this.#read('GET', path(key), options, { accept: [200, 404] });
    if (answer.status === 404) {
      return null;
    }
    return new FishRecord({
      key, value: answer.body, revision: Number(answer.headers.get('Fish-Revision')), created: Number(answer.headers.get('Fish-Created')),
      contentType: answer.headers.get('Content-Type') ?? '', contentEncoding: answer.headers.get('Content-Encoding') ?? '',
      expires: answer.headers.get('Fish-Expires') ?? '',
    });
  }

  /**
   * Writes text or bytes, and gives its revision. Text is stored as text/plain unless a type is given.
   * Options: `contentType`, `ifRevision`, `ifAbsent`, `ttl` ("30s", or milliseconds), `durability`, `idempotencyKey`, `timeout`.
   * @throws PreconditionFailed where `ifRevision` or `ifAbsent` did not hold
   */
  async put(key, value, { contentType, ifRevision, ifAbsent, ...options } = {}) {
    const headers = conditions(ifRevision, ifAbsent);
    const type = contentType ?? (typeof value === 'string' ? 'text/plain; charset=utf-8' : '');
    if (type) {
      headers['Content-Type'] = type;
    }
    const answer = await this.#write('PUT', path(key), options, { accept: [200, 201, 412], headers, body: bytes(value) });
    return accepted(answer).json().revision;
  }

  /** As `put`, of anything that JSON.stringify takes. */
  putJson(key, value, options = {}) {
    return this.put(key, JSON.stringify(value), { contentType: 'application/json', ...options });
  }

  /** The revision of the commit that deleted it; null where there was nothing. */
  async delete(key, { ifRevision, ...options } = {}) {
    const answer = await this.#write('DELETE', path(key), options, { accept: [200, 404, 412], headers: conditions(ifRevision) });
    return answer.status === 404 ? null : accepted(answer).json().revision;
  }

  /** Has the record end after `ttl` from now; null: never. Its new revision; null where there is no record. */
  async touch(key, ttl, { ifRevision, ...options } = {}) {
    const answer = await this.#write('POST', path(key), { ...options, ttl: ttl ?? 'none' }, { accept: [200, 404, 412], headers: conditions(ifRevision) });
    return answer.status === 404 ? null : accepted(answer).json().revision;
  }

  // --- Many records ---

  /** The records in order, fetched page by page as they are taken; each page is one state. */
  async* list(prefix = '', { page = 100, ...options } = {}) {
    let cursor;
    do {
      const { told: got, stored } = storedApart((await this.#read('GET', '/kv', { prefix, limit: page, cursor, ...options })).text());
      yield* got.records.map(told => record(told, stored));
      cursor = got.next;
    } while (cursor !== undefined);
  }

  async count(prefix = '', options = {}) {
    return (await this.#read('GET', '/kv', { prefix, count: true, ...options })).json().count;
  }

  /** Deletes all whose key begins so, a thousand in a commit, and gives how many those were. Takes no `idempotencyKey`: its commits are several. */
  async deleteRange(prefix, options = {}) {
    withoutKey(options);
    let deleted = 0;
    for (;;) {
      const answer = (await this.#write('DELETE', '/kv', { prefix, ...options }, { accept: [200] })).json();
      deleted += answer.deleted;
      if (!answer.more) {
        return deleted;
      }
    }
  }

  // --- Transactions ---

  /**
   * POST /txn as the documentation has it: `{if: […], then: […], else: […]}`, and its answer. Stored JSON in it has been
   * parsed by JavaScript, which loses digits of numbers beyond 2^53; `get` has the bytes.
   */
  async txn(body, options = {}) {
    const operations = [...(body.then ?? []), ...(body.else ?? [])].flatMap(Object.keys);
    const asked = { body: new TextEncoder().encode(JSON.stringify(body)), accept: [200] };
    const reads = operations.every(name => name === 'get');
    return (await (reads ? this.#read('POST', '/txn', options, asked) : this.#write('POST', '/txn', options, asked))).json();
  }

  /**
   * Runs `work(tx)`, and commits what it wrote if all that it read is still so; else runs it again. Serializable.
   * `work` should do nothing but through `tx`. What it throws ends it, with nothing written. Takes no `idempotencyKey`:
   * each try is another transaction.
   * @throws Conflict after 64 tries
   */
  async transact(work, options = {}) {
    withoutKey(options);
    for (let tries = 1; tries <= TRANSACT_TRIES_MAX; tries++) {
      const tx = new Tx(this);
      const result = await work(tx);
      if (!tx.needsCommit() || (await this.txn(tx.commit(), options)).branch === 'then') {
        return result;
      }
      await this.#sleep(pause(tries));
    }
    throw new Conflict('conflict', `others changed what was read, in each of ${TRANSACT_TRIES_MAX} tries`);
  }

  // --- Following along ---

  /**
   * Every commit after revision `since` (undefined: from now on), in order, each once, for as long as they are taken:
   * `{revision, changes: [{key, record, superseded}]}`, `record` null where it was deleted. A connection that breaks is
   * replaced, and goes on exactly where it was.
   * @param options `since`; `giveUp`: milliseconds without hearing anything, after which it throws ReadFailed; `signal`
   */
  async* watch(prefix = '', { since, giveUp = 300_000, signal } = {}) {
    let revision = since ?? await this.now(prefix);
    let heard = Date.now();
    let failed = 0;
    const hopeless = new Hopeless(this.#urls);
    const ends = signal ? AbortSignal.any([signal, this.#closed.signal]) : this.#closed.signal;
    while (!ends.aborted) {
      const url = this.#url();
      let trouble = 'the stream ended';
      try {
        for await (const { name, told, stored } of this.#events(url, prefix, revision, ends)) {
          heard = Date.now();
          failed = 0;
          hopeless.clear();
          if (name === 'commit' && told.revision > revision) {
            revision = told.revision;
            yield { revision, changes: told.changes.map(each => change(each, stored)) };
          }
          revision = Math.max(revision, told.revision);
        }
      } catch (e) {
        if (e instanceof FishError || ends.aborted) {
          if (ends.aborted) {
            return;
          }
          throw e;
        }
        trouble = troubleOf(e);
        hopeless.add(url, e);
      }
      this.#failed(url);
      if (hopeless.all()) {
        throw new ReadFailed('no-connection', hopeless.text());
      }
      failed++;
      if (Date.now() - heard >= giveUp) {
        throw new ReadFailed('no-connection', 'no front-end was heard of for too long: ' + trouble);
      }
      await this.#sleep(pause(failed));
    }
  }

  /** The revision that a watch from now on begins after. */
  async now(prefix = '') {
    return (await this.#read('GET', '/changes', { limit: 1, prefix })).json().revision;
  }

  async* #events(url, prefix, revision, ends) {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE_MAX);
    try {
      const answer = await fetch(url + '/changes' + query({ prefix }), {
        headers: { ...this.#headers, Accept: 'text/event-stream', 'Last-Event-ID': String(revision) }, signal: AbortSignal.any([ends, silence.signal]),
      });
      if (answer.status !== 200) {
        const problem = await problemOf(answer.status, await answer.text());
        if (!problem.passing) {
          throw new ReadFailed(problem.code, problem.detail);
        }
        return;
      }
      const decoder = new TextDecoder();
      let text = '';
      for await (const chunk of chunks(answer.body)) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MAX);
        text += decoder.decode(chunk, { stream: true });
        const blocks = text.split('\n\n');
        text = blocks.pop();
        for (const block of blocks) {
          const event = eventOf(block);
          if (event) {
            yield event;
          }
        }
      }
    } finally {
      clearTimeout(timer);
      silence.abort(); // closes the connection, also where nobody takes more
    }
  }

  // --- The group ---

  /** The group as a front-end sees it. */
  async cluster() {
    return (await this.#read('GET', '/cluster', {})).json();
  }

  // --- Requests ---

  #read(method, path, { timeout, ...params }, { accept = [200], headers = {}, body } = {}) {
    return this.#call({ method, path, params, accept, headers, body, timeout, idempotencyKey: '' });
  }

  #write(method, path, { timeout, idempotencyKey = uuid(), ...params }, { accept, headers = {}, body } = {}) {
    return this.#call({ method, path, params, accept, headers: { ...headers, 'Idempotency-Key': idempotencyKey }, body, timeout, idempotencyKey });
  }

  /** Tries until there is an answer that is taken, nothing better can come, or the time is over. */
  async #call(request) {
    const deadline = Date.now() + (request.timeout ?? this.#timeout);
    let maybe = false;
    const hopeless = new Hopeless(this.#urls);
    for (let failed = 1; ; failed++) {
      const url = this.#url();
      let problem;
      let least = 0;
      try {
        const answer = await this.#exchange(url, request, Math.min(this.#tryTimeout, Math.max(1, deadline - Date.now())));
        const taken = request.accept.includes(answer.status);
        if (taken && answer.status < 400) {
          return answer;
        }
        problem = problemOf(answer.status, answer.text());
        if (taken && problem.code !== 'bad-answer') {
          return answer; // a proxy whose way to Fish is gone says 404 too
        }
        least = problem.maybe ? Math.min(5, Number(answer.headers.get('Retry-After') ?? 0)) * 1000 : 0;
        if (answer.status >= 500) {
          this.#failed(url);
        }
      } catch (e) {
        hopeless.add(url, e);
        // A connection that was refused, or not believed, carried nothing; of any other failure nobody knows.
        const sent = e.cause?.code !== 'ECONNREFUSED' && !isLasting(e);
        const lost = hopeless.all();
        problem = { code: 'no-connection', detail: lost ? hopeless.text() : `${url}: ${troubleOf(e)}`, passing: !lost, maybe: sent };
        this.#failed(url);
      }
      maybe ||= problem.maybe;
      const wait = !problem.maybe && failed < this.#urls.length ? 0 : Math.max(pause(failed), least);
      if (failed >= TRIES_MAX || !problem.passing || deadline - Date.now() <= wait || this.#closed.signal.aborted) {
        throw failure(request, problem, maybe);
      }
      await this.#sleep(wait);
    }
  }

  async #exchange(url, request, millis) {
    const told = Math.max(1, Math.floor(millis - Math.min(millis / 4, 300))); // what the node knows when it gives up still arrives
    const answer = await fetch(url + request.path + query({ ...request.params, timeout: told + 'ms' }), {
      method: request.method, headers: { ...this.#headers, ...request.headers }, body: request.body, redirect: 'error',
      signal: AbortSignal.any([AbortSignal.timeout(millis), this.#closed.signal]),
    });
    const body = new Uint8Array(await answer.arrayBuffer());
    return { status: answer.status, headers: answer.headers, body, text: () => new TextDecoder().decode(body), json: () => JSON.parse(new TextDecoder().decode(body)) };
  }

  #url() {
    return this.#urls[this.#at % this.#urls.length];
  }

  /** The next one is asked from now on. */
  #failed(url) {
    if (this.#url() === url) {
      this.#at++;
    }
  }

  /** Ends early where the client is closed. */
  #sleep(millis) {
    const closed = this.#closed.signal;
    return new Promise(resolve => {
      const end = () => {
        clearTimeout(timer);
        closed.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, millis);
      closed.addEventListener('abort', end);
    });
  }
}

/** Those of the front-ends that would fail again for the same reason, and for which. */
class Hopeless {
  #urls;
  #troubles = new Map();

  constructor(urls) {
    this.#urls = new Set(urls);
  }

  add(url, e) {
    if (isLasting(e)) {
      this.#troubles.set(url, `${url}: ${troubleOf(e)}`);
    } else {
      this.#troubles.delete(url);
    }
  }

  clear() {
    this.#troubles.clear();
  }

  all() {
    return this.#troubles.size === this.#urls.size;
  }

  text() {
    return [...this.#troubles.values()].join('; ');
  }
}

/** One try of `transact`: what was read, and what is to be written. */
class Tx {
  #fish;
  #reads = new Map();
  #writes = new Map();

  constructor(fish) {
    this.#fish = fish;
  }

  /** The value as this transaction left it, or as the store has it; null where there is none. */
  async get(key) {
    if (this.#writes.has(key)) {
      const { put } = this.#writes.get(key);
      return put ? fromBase64(put.base64) : null;
    }
    if (!this.#reads.has(key)) {
      if (this.#reads.size >= ENTRIES_MAX) {
        throw new RangeError(`a transaction reads at most ${ENTRIES_MAX} keys`);
      }
      this.#reads.set(key, await this.#fish.get(key));
    }
    return this.#reads.get(key)?.value ?? null;
  }

  async text(key, otherwise = null) {
    const value = await this.get(key);
    return value === null ? otherwise : new TextDecoder().decode(value);
  }

  put(key, value, { contentType, ttl } = {}) {
    const type = contentType ?? (typeof value === 'string' ? 'text/plain; charset=utf-8' : undefined);
    this.#write(key, { put: { key, base64: toBase64(bytes(value)), contentType: type, ttl: ttl === undefined ? undefined : duration(ttl) } });
  }

  delete(key) {
    this.#write(key, { delete: { key } });
  }

  #write(key, operation) {
    if (!this.#writes.has(key) && this.#writes.size >= ENTRIES_MAX) {
      throw new RangeError(`a transaction writes at most ${ENTRIES_MAX} keys`);
    }
    this.#writes.set(key, operation);
  }

  /** One read alone is a state already. */
  needsCommit() {
    return this.#writes.size > 0 || this.#reads.size > 1;
  }

  commit() {
    const unchanged = [...this.#reads].map(([key, read]) => (read ? { key, revision: read.revision } : { key, exists: false }));
    return { if: unchanged, then: [...this.#writes.values()] };
  }
}

// --- What goes over the wire ---

/** Slashes are encoded too: URLs take `.` and `..` out of paths. A key that is one of these alone goes by `txn`. */
function path(key) {
  return '/kv/' + encodeURIComponent(key);
}

function query(params) {
  const parts = Object.entries(params)
    .filter(([, value]) => value !== undefined && value !== null && value !== false && value !== '')
    .map(([name, value]) => [name === 'maxLag' ? 'max-lag' : name, name === 'ttl' ? duration(value) : value])
    .map(([name, value]) => (value === true ? name : `${name}=${encodeURIComponent(value)}`));
  return parts.length ? '?' + parts.join('&') : '';
}

function conditions(ifRevision, ifAbsent = false) {
  if (ifAbsent) {
    return { 'If-None-Match': '*' };
  }
  return ifRevision === undefined ? {} : { 'If-Match': `"${ifRevision}"` };
}

function withoutKey({ idempotencyKey }) {
  if (idempotencyKey) {
    throw new TypeError('idempotencyKey is for one write, and this sends several');
  }
}

function accepted(answer) {
  if (answer.status === 412) {
    const told = answer.json();
    throw new PreconditionFailed(told.detail ?? '', told.revision);
  }
  return answer;
}

/** What Node's TLS says of a certificate that it does not believe. A browser says of no failure what it was. */
const UNTRUSTED = /^(CERT_|ERR_TLS_CERT_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|INVALID_CA|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH)/;

/** Whether it is no lost connection: with this client the next try of the same front-end ends so too. */
function isLasting(e) {
  return UNTRUSTED.test(e.cause?.code ?? '');
}

function troubleOf(e) {
  const said = e.cause?.message || e.message;
  return isLasting(e)
    ? `its certificate is not trusted (${said}): if the CA is to be, NODE_EXTRA_CA_CERTS=ca.crt in the environment` : said;
}

function problemOf(status, text) {
  try {
    const told = JSON.parse(text);
    if (typeof told.code === 'string') {
      return {
        code: told.code, detail: told.detail ?? '', passing: PASSING.has(told.code) || (status >= 500 && status !== 507),
        maybe: (told.outcome ?? 'not-applied') !== 'not-applied',
      };
    }
  } catch (e) {
    // Not JSON: something between answered, which knows nothing.
  }
  return { code: 'bad-answer', detail: `status ${status} and no problem document`, passing: status >= 500, maybe: status >= 500 };
}

function failure(request, problem, maybe) {
  if (!request.idempotencyKey) {
    return new ReadFailed(problem.code, problem.detail);
  }
  return maybe ? new UnknownOutcome(problem.code, problem.detail, request.idempotencyKey) : new NotApplied(problem.code, problem.detail);
}

const STORED = /"json"\s*:\s*/g; // in a string its quotes would be escaped
const PART = /"[^"\\]*(?:\\.[^"\\]*)*"|[[{]|[\]}]/g;
const SCALAR = /"[^"\\]*(?:\\.[^"\\]*)*"|[^,\]}\s]+/y;

/**
 * An answer, with a number instead of each JSON value that was stored, and those values as they were told: JavaScript
 * would write numbers otherwise than they were (`12345678901234567890`, `1.0`).
 */
function storedApart(text) {
  const stored = [];
  let told = '';
  let done = 0;
  STORED.lastIndex = 0;
  for (let found = STORED.exec(text); found; found = STORED.exec(text)) {
    const end = endOf(text, STORED.lastIndex);
    told += text.slice(done, STORED.lastIndex) + stored.length;
    stored.push(text.slice(STORED.lastIndex, end));
    done = end;
    STORED.lastIndex = end;
  }
  return { told: JSON.parse(told + text.slice(done)), stored };
}

/** Where the JSON value ends that begins there. */
function endOf(text, at) {
  if (text[at] !== '[' && text[at] !== '{') {
    SCALAR.lastIndex = at;
    return at + (SCALAR.exec(text)?.[0].length ?? 0);
  }
  let depth = 0;
  PART.lastIndex = at;
  for (let part = PART.exec(text); part; part = PART.exec(text)) {
    depth += '[{'.includes(part[0]) ? 1 : ']}'.includes(part[0]) ? -1 : 0;
    if (depth === 0) {
      return PART.lastIndex;
    }
  }
  return text.length; // what is left cannot be parsed, which says so
}

function record(told, stored) {
  const value = 'text' in told ? bytes(told.text) : 'base64' in told ? fromBase64(told.base64) : 'json' in told ? bytes(stored[told.json]) : undefined;
  return new FishRecord({
    key: told.key, value, revision: told.revision, created: told.created, contentType: told.contentType ?? '',
    contentEncoding: told.contentEncoding ?? '', expires: told.expires ?? '',
  });
}

function change(told, stored) {
  return told.delete ? { key: told.delete.key, record: null, superseded: false }
    : { key: told.put.key, record: record(told.put, stored), superseded: told.put.superseded ?? false };
}

function eventOf(block) {
  let name = '';
  let data = '';
  for (const line of block.split('\n')) {
    if (line.startsWith('event:')) {
      name = line.slice(6).trim();
    } else if (line.startsWith('data:')) {
      data += line.slice(5).trim();
    }
  }
  return name === 'commit' || name === 'progress' ? { name, ...storedApart(data) } : null;
}

/** Of a body, in browsers too that cannot iterate over one. */
async function* chunks(body) {
  const reader = body.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      yield next.value;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function bytes(value) {
  return typeof value === 'string' ? new TextEncoder().encode(value) : value;
}

function toBase64(value) {
  let text = '';
  for (let at = 0; at < value.length; at += 0x8000) {
    text += String.fromCharCode(...value.subarray(at, at + 0x8000));
  }
  return btoa(text);
}

function fromBase64(text) {
  return Uint8Array.from(atob(text), c => c.charCodeAt(0));
}

function duration(ttl) {
  return typeof ttl === 'string' ? ttl : Math.max(1, Math.round(ttl)) + 'ms';
}

/** Milliseconds before the next try, drawn. */
function pause(failed) {
  return Math.random() * Math.min(PAUSE_MAX, PAUSE_MIN * 2 ** Math.min(failed - 1, 20));
}

function uuid() {
  return [...webcrypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, '0')).join('');
}
