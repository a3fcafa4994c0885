import { stripVTControlCharacters } from 'node:util'

/**
 * Characters that steer a terminal or hide what is written: C0 and C1 controls, DEL, and the marks that reverse the
 * direction of text (https://trojansource.codes). Tab and line feed are left to the callers.
 */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const STEERING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** Text from outside on one line, safe for a terminal. */
export function terminalLine(text: string): string {
  return terminalText(text).replace(/\s+/g, ' ').trim()
}

/** Text from outside, safe for a terminal; its lines are kept. */
export function terminalText(text: string): string {
  return stripVTControlCharacters(text.replace(/\r\n?/g, '\n')).replace(STEERING, '')
}

/** JSON leaves C1 controls and DEL as they are; on a terminal they would steer it, so they are escaped. */
export function terminalJson(json: string): string {
  return json.replace(
    STEERING,
    char =>
      // Between JSON tokens stands only white space of ours, so whatever is found here stands inside a string.
      `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
