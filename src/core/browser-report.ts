/** How a check of a browser ended. `skipped`: it does not apply there; `unknown`: it takes a click, or could not be seen. */
export const REPORT_STATUSES = ['ok', 'warn', 'fail', 'unknown', 'skipped'] as const
export type ReportStatus = (typeof REPORT_STATUSES)[number]

/** What a check of a page found. */
export interface ReportedCheck {
  /** A code of `check-codes.ts`, or one of a newer page. */
  readonly code: string
  readonly status: ReportStatus
  /** In English, for the operator. */
  readonly detail: string | null
}

/** What a browser last found out about itself on the diagnostics page or its panel. */
export interface BrowserReport {
  readonly userId: string
  /** `br_...`, made up by the browser; a new one when its storage was cleared. */
  readonly browser: string
  /** Its push subscription here, as it says. */
  readonly device: string | null
  readonly userAgent: string
  readonly language: string | null
  readonly tz: string | null
  /** By the browser's own clock. */
  readonly madeAt: number
  readonly receivedAt: number
  /** When the person last asked the operator for help with it. */
  readonly askedAt: number | null
  readonly checks: readonly ReportedCheck[]
}

/** What a report may hold. */
export const REPORT_LIMITS = {
  bytes: 32 * 1024,
  checks: 64,
  detail: 500,
  /** Of a user; the one that reported longest ago goes. */
  browsers: 20,
} as const
