import type { MediaTrial } from '../context.ts'

/** What a browser means (https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia). */
export function whyNot(error: unknown): Exclude<MediaTrial['found'], 'ok'> {
  const name = error instanceof Error ? error.name : ''
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied'
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'absent'
    case 'NotReadableError':
    case 'AbortError':
      return 'busy'
    default:
      return 'unsupported'
  }
}
