// Every request of the page: with the token if there is one, with an end, and with failures as they are told.

const TOKEN = 'fish-token';

/** A request that failed: `status` 0 and outcome `unknown` where no answer came. */
export class Failure extends Error {
  constructor(problem) {
    super(problem.detail || problem.title || 'it failed');
    this.status = problem.status || 0;
    this.code = problem.code || 'no-answer';
    this.outcome = problem.outcome || '';
    this.revision = problem.revision;
  }
}

let tokenWanted = () => {};

/** @param wanted told why, when an answer was 401 */
export function onTokenWanted(wanted) {
  tokenWanted = wanted;
}

export function token() {
  return sessionStorage.getItem(TOKEN) || '';
}

export function useToken(text) {
  if (text) {
    sessionStorage.setItem(TOKEN, text);
  } else {
    sessionStorage.removeItem(TOKEN);
  }
}

/** `path` with its parameters; those that are undefined or empty are left out, `true` is a flag. */
export function url(path, params = {}) {
  const parts = Object.entries(params)
    .filter(([, value]) => value !== undefined && value !== '' && value !== false)
    .map(([name, value]) => value === true ? name : name + '=' + encodeURIComponent(value));
  return parts.length ? path + '?' + parts.join('&') : path;
}

/** Where a record is. Slashes are encoded too: browsers take `..` out of paths. */
export function keyPath(key) {
  return 'kv/' + encodeURIComponent(key);
}

/** Whether no browser lets a page ask for that key by its path. */
export function isUnaskable(key) {
  return key === '.' || key === '..';
}

/**
 * The answer, where it is one of success or among `also`.
 * @throws Failure
 */
export async function ask(method, path, { headers = {}, body, signal, seconds = 12, also = [] } = {}) {
  const ends = seconds ? [AbortSignal.timeout(seconds * 1000)] : [];
  const given = { ...headers };
  if (token()) {
    given.Authorization = 'Bearer ' + token();
  }
  let answer;
  try {
    answer = await fetch(path, {
      method, body, headers: given, cache: 'no-store', credentials: 'omit', redirect: 'error',
      signal: AbortSignal.any(signal ? [signal, ...ends] : ends),
    });
  } catch (e) {
    if (signal && signal.aborted) {
      throw e;
    }
    throw new Failure({
      detail: e.name === 'TimeoutError' ? 'no answer came in time' : 'this node does not answer',
      outcome: outcomeOfNobody(method),
    });
  }
  if (answer.ok || also.includes(answer.status)) {
    return answer;
  }
  const failure = new Failure(await problem(answer));
  if (answer.status >= 500 && !failure.outcome) {
    failure.outcome = outcomeOfNobody(method); // it came from something between, which knows nothing
  }
  if (answer.status === 401) {
    tokenWanted(token() ? 'The token was not accepted: ' + failure.message : 'This group answers only to those who bring a token.');
  }
  throw failure;
}

/** Where no node says what became of it. */
function outcomeOfNobody(method) {
  return method === 'GET' || method === 'HEAD' ? '' : 'unknown';
}

async function problem(answer) {
  let told = {};
  try {
    told = await answer.json();
  } catch (e) {
    told = { detail: 'the answer was ' + answer.status };
  }
  return { ...told, status: answer.status };
}

export async function json(path, options) {
  return whole(await ask('GET', path, options), 'json', options);
}

export async function text(path, options) {
  return whole(await ask('GET', path, options), 'text', options);
}

/** A node can end between the head of an answer and its body. */
async function whole(answer, form, { signal } = {}) {
  try {
    return await answer[form]();
  } catch (e) {
    if (signal && signal.aborted) {
      throw e;
    }
    throw new Failure({ detail: 'its answer broke off' });
  }
}

/** A key that makes a write safe to be sent again. */
export function idempotencyKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map(b => b.toString(16).padStart(2, '0')).join('');
}

/**
 * The events of a stream, `{id, event, data}`, until it ends or `signal` ends it. EventSource cannot carry a token.
 */
export async function* events(path, { signal, lastId = '' } = {}) {
  const headers = { Accept: 'text/event-stream' };
  if (lastId) {
    headers['Last-Event-ID'] = lastId;
  }
  const answer = await ask('GET', path, { headers, signal, seconds: 0 });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) {
        return;
      }
      text += value;
      let end = text.indexOf('\n\n');
      let from = 0;
      for (; end >= 0; end = text.indexOf('\n\n', from)) {
        yield event(text.slice(from, end));
        from = end + 2;
      }
      text = text.slice(from);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function event(block) {
  const found = { id: '', event: 'message', data: '' };
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) {
      const name = line.slice(0, colon);
      const value = line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
      found[name] = name === 'data' && found.data ? found.data + '\n' + value : value;
    }
  }
  return found;
}
