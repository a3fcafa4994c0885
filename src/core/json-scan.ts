import { isUtf8 } from 'node:buffer'

/** More arrays and objects within each other than this are left to the parser. */
const MAX_DEPTH = 64
/** In the place of a position: what stands there is not what we know. */
const NO = -1

const TAB = 0x09
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
const QUOTE = 0x22
const PLUS = 0x2b
const COMMA = 0x2c
const MINUS = 0x2d
const DOT = 0x2e
const ZERO = 0x30
const NINE = 0x39
const COLON = 0x3a
const UPPER_E = 0x45
const OPEN_ARRAY = 0x5b
const BACKSLASH = 0x5c
const CLOSE_ARRAY = 0x5d
const LOWER_E = 0x65
const LOWER_U = 0x75
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const ESCAPED = new Set(Buffer.from('"\\/bfnrt'))
const HEX = new Set(Buffer.from('0123456789abcdefABCDEF'))
const WORDS = ['true', 'false', 'null'].map(word => Buffer.from(word))

/**
 * Whether these bytes are the UTF-8 text of one JSON object (RFC 8259), from its first byte to its last. True is certain;
 * false leaves it to `JSON.parse`. For whoever need not know what is in it: half the time of a parse and no garbage,
 * and at the door that is the dearest of all that a request costs.
 */
export function isSurelyJsonObject(bytes: Uint8Array): boolean {
  return bytes[0] === OPEN_OBJECT && isUtf8(bytes) && skipObject(bytes, 1, 1) === bytes.length
}

// Each takes the position at which its part begins, behind what told it, and gives the one behind its end, or NO.

function skipValue(bytes: Uint8Array, at: number, depth: number): number {
  const first = bytes[at]
  switch (first) {
    case QUOTE:
      return skipString(bytes, at + 1)
    case OPEN_OBJECT:
      return depth < MAX_DEPTH ? skipObject(bytes, at + 1, depth + 1) : NO
    case OPEN_ARRAY:
      return depth < MAX_DEPTH ? skipArray(bytes, at + 1, depth + 1) : NO
    default:
      return first === MINUS || isDigit(first) ? skipNumber(bytes, at) : skipWord(bytes, at)
  }
}

function skipObject(bytes: Uint8Array, begin: number, depth: number): number {
  let at = skipSpace(bytes, begin)
  if (bytes[at] === CLOSE_OBJECT) return at + 1
  for (;;) {
    if (bytes[at] !== QUOTE) return NO
    at = skipString(bytes, at + 1)
    if (at === NO) return NO
    at = skipSpace(bytes, at)
    if (bytes[at] !== COLON) return NO
    at = skipValue(bytes, skipSpace(bytes, at + 1), depth)
    if (at === NO) return NO
    at = skipSpace(bytes, at)
    if (bytes[at] === CLOSE_OBJECT) return at + 1
    if (bytes[at] !== COMMA) return NO
    at = skipSpace(bytes, at + 1)
  }
}

function skipArray(bytes: Uint8Array, begin: number, depth: number): number {
  let at = skipSpace(bytes, begin)
  if (bytes[at] === CLOSE_ARRAY) return at + 1
  for (;;) {
    at = skipValue(bytes, at, depth)
    if (at === NO) return NO
    at = skipSpace(bytes, at)
    if (bytes[at] === CLOSE_ARRAY) return at + 1
    if (bytes[at] !== COMMA) return NO
    at = skipSpace(bytes, at + 1)
  }
}

function skipString(bytes: Uint8Array, begin: number): number {
  let at = begin
  for (;;) {
    // Beyond the end as at a control character: there is no such string.
    const byte = bytes[at] ?? 0
    at += 1
    if (byte === QUOTE) return at
    if (byte < SPACE) return NO
    if (byte !== BACKSLASH) continue
    at = skipEscaped(bytes, at)
    if (at === NO) return NO
  }
}

function skipEscaped(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] ?? 0
  if (byte !== LOWER_U) return ESCAPED.has(byte) ? at + 1 : NO
  return bytes.subarray(at + 1, at + 5).every(digit => HEX.has(digit)) && at + 5 <= bytes.length ? at + 5 : NO
}

function skipNumber(bytes: Uint8Array, begin: number): number {
  let at = bytes[begin] === MINUS ? begin + 1 : begin
  at = bytes[at] === ZERO ? at + 1 : skipDigits(bytes, at)
  if (at !== NO && bytes[at] === DOT) at = skipDigits(bytes, at + 1)
  if (at === NO || (bytes[at] !== LOWER_E && bytes[at] !== UPPER_E)) return at
  const sign = bytes[at + 1]
  return skipDigits(bytes, sign === PLUS || sign === MINUS ? at + 2 : at + 1)
}

/** At least one. */
function skipDigits(bytes: Uint8Array, begin: number): number {
  let at = begin
  while (isDigit(bytes[at])) at += 1
  return at === begin ? NO : at
}

function skipWord(bytes: Uint8Array, at: number): number {
  for (const word of WORDS) if (isThere(bytes, at, word)) return at + word.length
  return NO
}

function isThere(bytes: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false
  return true
}

function skipSpace(bytes: Uint8Array, begin: number): number {
  let at = begin
  while (isSpace(bytes[at] ?? 0)) at += 1
  return at
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE
}

function isSpace(byte: number): boolean {
  return byte <= SPACE && (byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB)
}
