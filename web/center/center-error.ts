/** What the agent refused, or why it could not be asked (`EC_AGENT_UNREACHABLE`). */
export class CenterError extends Error {
  /** As `EcError.code` of the agent. */
  readonly code: string
  /** HTTP status; 0 when there was no answer. */
  readonly status: number
  /** The next step. */
  readonly hint: string | null

  constructor(code: string, message: string, status: number, hint: string | null) {
    super(message)
    this.name = 'CenterError'
    this.code = code
    this.status = status
    this.hint = hint
  }
}
