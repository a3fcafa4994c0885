import type { Fixture } from '../../core/fixture.ts'

/** One request to be sent again, wherever it comes from. */
export interface ReplayItem {
  /** What a person calls it: the path of the fixture, or the id of the notification. */
  readonly name: string
  readonly source: 'fixture' | 'notification'
  readonly provider: string
  readonly method: string
  /** What follows `/webhooks/`, with `{resource}` in the place of the resource's id. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** `if-possible`: signed anew where ec can, else as recorded; for what was authentic, since not every proof is kept or lasts. */
  readonly sign: Fixture['sign'] | 'if-possible'
  /** The fixture's; null for one without, and for a stored notification, whose secret only the agent knows. */
  readonly secret: string | null
  readonly settings: Readonly<Record<string, string>>
  /** It was refused when it came: signed by us, a forgery would be taken. */
  readonly refused: boolean
  /** The resource that it belongs to already; null = one is made in passing. */
  readonly resource: string | null
  /** What it was when it came first; null for a fixture and for what was refused. */
  readonly stored: { readonly key: string; readonly kind: string } | null
  readonly expect: Expectation
}

/** What is to come of it; what is not named is not compared. */
export interface Expectation {
  /** Null: any 2xx. */
  readonly status: number | null
  readonly notifications?: Fixture['expect']['notifications']
  readonly events?: Fixture['expect']['events']
}
