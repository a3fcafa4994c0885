import type { StreamCursor } from '../../../src/core/stream-cursor.ts'
import { isRecord } from '../parse.ts'
import type { ServerFrame, UnreadCounts } from '../stream/frame.ts'
import type { StreamStatus } from '../stream/stream-keeper.ts'
import type { Look } from './look.ts'

/** What tabs of one browser tell each other. */
export type TabMessage =
  /** To whoever leads: where are we? */
  | { readonly k: 'ask'; readonly from: string }
  /** The answer, to one tab. `cursor`: null while the agent has not been reached. */
  | {
      readonly k: 'here'
      readonly to: string
      readonly cursor: StreamCursor | null
      readonly unread: UnreadCounts
      readonly away: readonly string[]
      readonly status: StreamStatus
    }
  /** Somebody leads from now on; each tab says how it looks. */
  | { readonly k: 'lead' }
  /** What came by the stream. `announcer`: the tab that is to announce it. `sent`: the cursor that the stream began with. */
  | {
      readonly k: 'frames'
      readonly frames: readonly ServerFrame[]
      readonly sent: StreamCursor | null
      readonly announcer: string | null
    }
  | { readonly k: 'status'; readonly status: StreamStatus }
  | { readonly k: 'look'; readonly look: Look }
  | { readonly k: 'bye'; readonly from: string }
  | { readonly k: 'welcome' }
  | { readonly k: 'answered'; readonly question: string; readonly option: string }

const KINDS = new Set<unknown>(['ask', 'here', 'lead', 'frames', 'status', 'look', 'bye', 'welcome', 'answered'])

/** Only this module speaks on the channel, in the version that is in its name. */
export function isTabMessage(value: unknown): value is TabMessage {
  return isRecord(value) && KINDS.has(value['k'])
}
