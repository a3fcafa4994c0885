/** What the agent refused, or why it could not be asked (`EC_AGENT_UNREACHABLE`). */
export class CenterError extends Error {
  /** As `EcError.code` of the agent. */
  readonly code: string
  /** HTTP status; 0 when there was no answer. */
  readonly status: number
  /** The next step. */
  readonly hint: string | null
  /** The whole problem document, as `winner` beside `EC_CONFLICT`; empty when there was none. */
  readonly problem: Readonly<Record<string, unknown>>
  /** How long the agent asks to wait; null when it does not say. */
  readonly retryAfterMs: number | null

  constructor(
    code: string,
    message: string,
    status: number,
    hint: string | null,
    more: {
      readonly problem?: Readonly<Record<string, unknown>>
      readonly retryAfterMs?: number | null
    } = {},
  ) {
    super(message)
    this.name = 'CenterError'
    this.code = code
    this.status = status
    this.hint = hint
    this.problem = more.problem ?? {}
    this.retryAfterMs = more.retryAfterMs ?? null
  }
}
