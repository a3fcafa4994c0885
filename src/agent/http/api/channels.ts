import type { Channel } from '../../../core/event.ts'

export interface ChannelApi {
  /** Each channel of this agent; of those that the operator sets up, what stands in the configuration. */
  list(): Promise<readonly ChannelState[]>
  /** Sends a test to a command or webhook now; resolves with what became of it. */
  test(name: string): Promise<ChannelTrial>
  /** Switches a command or webhook on or off. */
  switch(name: string, on: boolean): Promise<ChannelState>
}

export interface ChannelState {
  readonly name: string
  readonly channel: Channel
  /** Whom it serves; null = everybody. */
  readonly users: readonly string[] | null
  /** Type patterns that it takes; null = all but progress. */
  readonly types: readonly string[] | null
  readonly state: 'on' | 'off' | 'broken'
  readonly detail: string | null
}

export interface ChannelTrial {
  readonly name: string
  readonly outcome: 'delivered' | 'retry' | 'gone' | 'rejected'
  readonly reason: string | null
  readonly ms: number
}
