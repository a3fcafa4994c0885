import type { PushState } from '../../push/push-desk.ts'
import type { LaterWord } from '../../words/later.ts'
import type { Say } from '../../words/say.ts'

export interface PushWords {
  readonly text: string
  /** What a button can do; null: nothing. */
  readonly act: 'on' | 'off' | null
  /** The person has to do something outside of the page, of which the desk knows the steps. */
  readonly isStuck: boolean
}

/** How it stands with the pushes of this browser. Pure. */
export function sayPush({ status, problem }: PushState, tell: Say<LaterWord>): PushWords {
  switch (status) {
    case 'on':
      return { text: tell('pushOn'), act: 'off', isStuck: false }
    case 'off':
    case 'switched-off':
      return { text: tell('pushOff'), act: 'on', isStuck: false }
    case 'failed':
      return { text: tell('pushFailed', { problem: problem ?? '' }), act: 'on', isStuck: false }
    case 'denied':
      return { text: tell('pushDenied'), act: null, isStuck: true }
    case 'install-first':
      return { text: tell('pushOff'), act: null, isStuck: true }
    case 'insecure':
      return { text: tell('pushInsecure'), act: null, isStuck: true }
    case 'unsupported':
      return { text: tell('pushUnsupported'), act: null, isStuck: true }
    case 'no-key':
      return { text: tell('pushNoKey'), act: null, isStuck: false }
    case 'unknown':
      return { text: tell('pushUnknown'), act: null, isStuck: false }
    default:
      return status satisfies never
  }
}
