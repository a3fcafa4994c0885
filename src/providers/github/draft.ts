import type { Level } from '../../core/event.ts'
import type { JsonRecord } from '../../core/peek.ts'

/** A delivery as the describers see it. Texts are clean and '' when the payload does not say. */
export interface Delivery {
  readonly kind: string
  readonly action: string
  readonly payload: JsonRecord
  /** The login of who did it, or `Someone`. */
  readonly actor: string
  /** `owner/name` */
  readonly repository: string
  /** The repository, else the organisation or enterprise. */
  readonly place: string
  /** Ends a sentence: ` in ` and the place, or ''. */
  readonly where: string
}

/** What a describer says of a delivery; what it leaves out is filled in from the delivery. */
export interface Draft {
  /** A sentence without its full stop. */
  readonly title: string
  readonly body?: string
  readonly level?: Level
  /** The page for a person; the repository's when it leads nowhere. */
  readonly url?: string
  readonly urlLabel?: string
  /** Ties the events of one thing together, within the repository: `#12`. */
  readonly thread?: string
  /** Given only where GitHub itself, not a user or app, took the time. */
  readonly at?: unknown
  readonly data?: Readonly<Record<string, string | number | boolean | null>>
}

export type Describer = (delivery: Delivery) => Draft

/** Kind of delivery, as in `X-GitHub-Event` -> who describes it. */
export type DescriberTable = Readonly<Record<string, Describer>>
