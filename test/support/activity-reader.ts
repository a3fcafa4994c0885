import { onTestFinished } from 'vitest'
import type { ActivityFrame, ActivityItem, EcClient } from '#ec/client.js'

/** Follows an agent in the background, keeps everything, and can be waited on. It ends with the test. */
export class ActivityReader {
  readonly items: ActivityItem[] = []
  /** What it ended with: null when it was told to end. */
  readonly ended: Promise<unknown>
  readonly #stop = new AbortController()
  #waiting: (() => void)[] = []
  #isOver = false

  private constructor(client: EcClient) {
    this.ended = this.#read(client).then(
      () => null,
      (error: unknown) => error,
    )
  }

  /** Resolves with the first frame. */
  static async follow(client: EcClient): Promise<ActivityReader> {
    const reader = new ActivityReader(client)
    onTestFinished(() => reader.close())
    await reader.until(() => reader.frames.length > 0)
    return reader
  }

  get frames(): readonly ActivityFrame[] {
    return this.items.flatMap(item => (item.type === 'frame' ? [item.frame] : []))
  }

  /** `connected`, `lost` and `frame`, in order. */
  get types(): readonly string[] {
    return this.items.map(({ type }) => type)
  }

  get titles(): readonly string[] {
    return this.frames.flatMap(({ events }) => events.map(({ title }) => title))
  }

  get notifications(): readonly string[] {
    return this.frames.flatMap(({ notifications }) => notifications.map(({ id }) => id))
  }

  /** How many events its frames left out. */
  get skipped(): number {
    return this.frames.reduce((sum, { skipped }) => sum + skipped.events, 0)
  }

  async until(fits: () => boolean): Promise<void> {
    while (!fits()) {
      if (this.#isOver) throw new Error('the activity has ended', { cause: await this.ended })
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    }
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.ended
  }

  async #read(client: EcClient): Promise<void> {
    try {
      for await (const item of client.activity({ signal: this.#stop.signal })) {
        this.items.push(item)
        this.#wake()
      }
    } finally {
      this.#isOver = true
      this.#wake()
    }
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
