/** One line of at most `max` characters that is safe to show: see `cleanText`. White space becomes single spaces. */
export function cleanLine(text: string, max: number): string {
  if (text.length <= max && PLAIN_LINE.test(text)) return text
  const head = headOf(text, max)
  return clip(clean(head).replace(WHITE, ' ').trim(), max, head.length < text.length)
}

/**
 * Text from outside as a person may see it: without control characters, line separators of other systems, and the
 * invisible marks that reverse or hide text; lone surrogates become U+FFFD, so it is well-formed. At most `max`
 * characters, an ellipsis included; an emoji is never cut in two. Lines are kept, at most one empty one in a row.
 */
export function cleanText(text: string, max: number): string {
  if (text.length <= max && PLAIN_TEXT.test(text)) return text
  const head = headOf(text, max)
  const lines = clean(head.replace(LINE_END, '\n'), true)
    .replace(BLANKS, ' ')
    .replace(LINE_EDGES, '\n')
    .replace(EMPTY_LINES, '\n\n')
  return clip(lines.trim(), max, head.length < text.length)
}

/** Nearly all texts are plain words, in which there is nothing to clean; to see that costs a tenth of the cleaning. */
const PLAIN_LINE = /^(?:[!-~]+(?: [!-~]+)*)?$/
const PLAIN_TEXT = /^(?:[!-~]+(?:(?: |\n\n?)[!-~]+)*)?$/

const LONE_SURROGATE = /\p{Cs}/gu
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}]/gu
const CONTROL_BUT_NEWLINE = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}]/gu
/** Bidirectional embeddings, overrides and isolates, zero-width space, word joiner, byte order mark. */
const HIDDEN = /[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff]/g
const WHITE = /\s+/g
const LINE_END = /\r\n?|[\u2028\u2029]/g
const BLANKS = /[^\S\n]+/g
const LINE_EDGES = / ?\n ?/g
const EMPTY_LINES = /\n{3,}/g

function clean(text: string, keepLines = false): string {
  return text
    .replace(keepLines ? CONTROL_BUT_NEWLINE : CONTROL, ' ')
    .replace(HIDDEN, '')
    .replace(LONE_SURROGATE, '\ufffd')
}

/** Nobody needs the whole of a 25 MB string cleaned for its first 100 characters. */
function headOf(text: string, max: number): string {
  return text.length > 4 * max ? cut(text, 4 * max) : text
}

function clip(text: string, max: number, isHead: boolean): string {
  if (text.length > max) return `${cut(text, max - 1).trimEnd()}…`
  return isHead && text.length < max ? `${text}…` : text
}

function cut(text: string, length: number): string {
  const last = text.charCodeAt(length - 1)
  const splitsPair = last >= 0xd800 && last <= 0xdbff
  return text.slice(0, splitsPair ? length - 1 : length)
}
