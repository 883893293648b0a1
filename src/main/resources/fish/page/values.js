// Values as text, as JSON and as hex, and back, without changing a byte that nobody edited.

/** What is shown of a value at once; the rest can be downloaded. */
export const SHOWN_MAX = 256 << 10;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text that these bytes are, null where they are none, or where controls would be lost in a text field. */
export function text(bytes) {
  try {
    const decoded = utf8.decode(bytes);
    // A text field keeps no carriage return.
    return /[\x00-\x08\x0b-\x1f\x7f]/.test(decoded) ? null : decoded;
  } catch (e) {
    return null;
  }
}

export function ofText(typed) {
  return new TextEncoder().encode(typed);
}

/** 16 bytes a line. */
export function hex(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 16) {
    lines.push(Array.from(bytes.subarray(at, at + 16), b => b.toString(16).padStart(2, '0')).join(' '));
  }
  return lines.join('\n');
}

/** @throws Error that says what is wrong */
export function ofHex(typed) {
  const digits = typed.replace(/\s+/g, '');
  if (/[^0-9a-fA-F]/.test(digits)) {
    throw new Error('Hex has the digits 0 to 9 and a to f alone.');
  }
  if (digits.length % 2 !== 0) {
    throw new Error('Hex has two digits for each byte.');
  }
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/**
 * JSON with line breaks and indentation. Only white space is changed: numbers and names stay as they were written.
 * @throws SyntaxError where it is not JSON
 */
export function indented(json) {
  JSON.parse(json);
  let out = '';
  let depth = 0;
  const line = () => '\n' + '  '.repeat(depth);
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+/g)) {
    if (token === '{' || token === '[') {
      depth++;
      out += token + line();
    } else if (token === '}' || token === ']') {
      depth--;
      out = /[{[]\s*$/.test(out) ? out.trimEnd() + token : out + line() + token;
    } else {
      out += token === ',' ? token + line() : token === ':' ? ': ' : token;
    }
  }
  return out;
}

export function ofBase64(encoded) {
  return Uint8Array.from(atob(encoded), c => c.charCodeAt(0));
}

export function isJsonType(type) {
  return /^[^;]*(application\/json|\+json)\s*(;|$)/i.test(type || '');
}
