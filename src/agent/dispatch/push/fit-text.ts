const ELLIPSIS = '…'
const ELLIPSIS_BYTES = 3
const CHARACTERS = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * The beginning of a text whose characters take at most `maxBytes` inside a JSON string, with an ellipsis when something
 * is missing. An emoji of several code points is kept or left out as a whole.
 */
export function fitText(text: string, maxBytes: number): string {
  if (jsonBytes(text) <= maxBytes) return text
  let room = maxBytes - ELLIPSIS_BYTES
  let end = 0
  // No character takes less than a byte, so what lies beyond this many units is never looked at.
  for (const { segment, index } of CHARACTERS.segment(text.slice(0, Math.max(0, maxBytes)))) {
    room -= jsonBytes(segment)
    if (room < 0) break
    end = index + segment.length
  }
  return `${text.slice(0, end).trimEnd()}${ELLIPSIS}`
}

function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2
}
