import type { PushState } from '../../push/push-desk.ts'
import type { LaterWord } from '../../words/later.ts'
import type { Say } from '../../words/say.ts'

export interface PushWords {
  readonly text: string
  /** What the person can do about it, outside of the page. */
  readonly steps: readonly string[]
  /** What a button can do; null: nothing. */
  readonly act: 'on' | 'off' | null
}

/** How it stands with the pushes of a browser, and what to do. Pure. */
export function sayPush({ status, problem }: PushState, userAgent: string, tell: Say<LaterWord>): PushWords {
  switch (status) {
    case 'on':
      return { text: tell('pushOn'), steps: [], act: 'off' }
    case 'off':
    case 'switched-off':
      return { text: tell('pushOff'), steps: [], act: 'on' }
    case 'failed':
      return { text: tell('pushFailed', { problem: problem ?? '' }), steps: [], act: 'on' }
    case 'denied':
      return { text: tell('pushDenied'), steps: [tell(wayBack(userAgent)), tell('thenReload')], act: null }
    case 'install-first':
      return { text: tell('pushOff'), steps: [tell('pushInstall')], act: null }
    case 'insecure':
      return { text: tell('pushInsecure'), steps: [], act: null }
    case 'unsupported':
      return { text: tell('pushUnsupported'), steps: [], act: null }
    case 'no-key':
      return { text: tell('pushNoKey'), steps: [], act: null }
    case 'unknown':
      return { text: tell('pushUnknown'), steps: [], act: null }
    default:
      return status satisfies never
  }
}

/** Where each browser keeps what it was told. */
function wayBack(userAgent: string): LaterWord {
  if (/iPhone|iPad/.test(userAgent)) return 'undoIos'
  if (/Android/.test(userAgent)) return 'undoAndroid'
  if (/Firefox\//.test(userAgent)) return 'undoFirefox'
  return /Chrome\//.test(userAgent) ? 'undoChromium' : 'undoSafari'
}
