import type { UnreadCounts } from '../stream/frame.ts'

/** What a frame changes of the count. */
export interface UnreadDelta {
  readonly total: number
  readonly action: number
}

/** How soon the agent should be asked again. `later`: it is probably nothing. */
export type Doubt = 'none' | 'later' | 'soon'

/**
 * How much is unread: the number that the agent told for one place of the stream, and what the frames behind that place
 * have changed. A frame may speak of an event that is not loaded here, or be missing since its event goes to other
 * channels; then the number is in doubt, and the agent is asked for it again.
 */
export class UnreadCount {
  #total = 0
  #action = 0
  /** The agent's number holds for this place; frames up to it change nothing. */
  #asOf = Number.POSITIVE_INFINITY
  #doubt: Doubt = 'none'
  /** Frames came of which one cannot say what they change; the number is right by chance at best. */
  #isLost = false
  /** What frames have changed since the agent was asked; null when it is not being asked. */
  #since: { readonly seq: number; readonly delta: UnreadDelta }[] | null = null

  get value(): UnreadCounts {
    return { total: Math.max(0, this.#total), action: Math.max(0, this.#action) }
  }

  get doubt(): Doubt {
    return this.#since === null ? this.#doubt : 'none'
  }

  /** Whether the agent's number includes what this frame changes. */
  covers(seq: number): boolean {
    return seq <= this.#asOf
  }

  /** The agent's number for a place of the stream. What was asked before is void. */
  set(head: number, { total, action }: UnreadCounts): void {
    this.#total = total
    this.#action = action
    this.#asOf = head
    this.#since = null
    this.#doubt = 'none'
    this.#isLost = false
  }

  /** A frame that changes the count by so much. */
  change(seq: number, delta: UnreadDelta): void {
    if (seq <= this.#asOf) return
    this.#total += delta.total
    this.#action += delta.action
    this.#since?.push({ seq, delta })
    // A flood in the time of one request: what is remembered of it stays bounded, and the answer will not do.
    if (this.#since === null || this.#since.length <= MAX_SINCE) return
    this.#since = null
    this.#doubt = 'soon'
    this.#isLost = true
  }

  /** Something may have come of which no frame tells. */
  mistrust(seq: number, doubt: 'later' | 'soon'): void {
    if (seq > this.#asOf && (doubt === 'soon' || this.#doubt === 'none')) this.#doubt = doubt
  }

  /** A frame of which one cannot say what it changes. */
  loseTrack(seq: number): void {
    if (seq <= this.#asOf) return
    this.#doubt = 'soon'
    this.#isLost = true
  }

  /** The agent is about to be asked. */
  ask(): void {
    this.#since = []
    this.#doubt = 'none'
  }

  /** Its answer, for a place of the stream, and whether that stood here, not by chance. Null: it comes too late. */
  answer(head: number, counts: UnreadCounts): boolean | null {
    if (this.#since === null) return null
    const behind = this.#since.filter(({ seq }) => seq > head)
    const total = counts.total + sum(behind, 'total')
    const action = counts.action + sum(behind, 'action')
    const isSame = total === this.#total && action === this.#action && !this.#isLost
    this.#total = total
    this.#action = action
    this.#asOf = Math.max(this.#asOf, head)
    this.#since = null
    this.#isLost = this.#doubt === 'soon' && this.#isLost
    return isSame
  }

  /** There was no answer. */
  giveUp(): void {
    if (this.#since !== null) this.#doubt = 'soon'
    this.#since = null
  }
}

const MAX_SINCE = 5_000

function sum(changes: readonly { readonly delta: UnreadDelta }[], field: 'total' | 'action'): number {
  return changes.reduce((all, { delta }) => all + delta[field], 0)
}
