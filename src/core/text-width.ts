const PLAIN = /^[\u0020-\u007e]*$/
const INVISIBLE = /^[\p{Mark}\p{Format}\p{Control}]+$/u
/** East Asian wide and fullwidth characters, and emoji (https://www.unicode.org/reports/tr11/), as terminals draw them. */
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6\p{Emoji_Presentation}\ufe0f]/u

/** How many columns a terminal needs for it. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const { segment } of segmentsOf(text)) width += segmentWidth(segment)
  return width
}

/** The text cut to `width` columns, with an ellipsis where something is missing. */
export function fitText(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  let used = 1
  let kept = ''
  for (const { segment } of segmentsOf(text)) {
    used += segmentWidth(segment)
    if (used > width) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

function segmentWidth(segment: string): number {
  if (INVISIBLE.test(segment)) return 0
  return WIDE.test(segment) ? 2 : 1
}

/** The text at exactly `width` columns: cut, or filled with spaces. */
export function padText(text: string, width: number): string {
  const fitted = width <= 0 ? '' : fitText(text, width)
  return fitted + ' '.repeat(Math.max(0, width - textWidth(fitted)))
}

/** Pieces of at most `width` columns (2 or more), broken at spaces where there are some; together they are the text. */
export function breakText(text: string, width: number): readonly string[] {
  const pieces: string[] = []
  let rest = text
  while (textWidth(rest) > width) {
    const head = headOf(rest, width)
    const space = head.lastIndexOf(' ')
    const end = space > width / 2 ? space + 1 : head.length
    pieces.push(rest.slice(0, end))
    rest = rest.slice(end)
  }
  return [...pieces, rest]
}

/** As much of its beginning as fits, one character at least. */
function headOf(text: string, width: number): string {
  if (PLAIN.test(text)) return text.slice(0, width)
  let used = 0
  let head = ''
  for (const { segment } of segmentsOf(text)) {
    used += segmentWidth(segment)
    if (used > width && head !== '') break
    head += segment
  }
  return head
}

let segmenter: Intl.Segmenter | null = null

/** Made when a text first needs it: most are plain, and a segmenter takes milliseconds to make. */
function segmentsOf(text: string): Iterable<Intl.SegmentData> {
  segmenter ??= new Intl.Segmenter()
  return segmenter.segment(text)
}
