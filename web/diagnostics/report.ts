import { REPORT_LIMITS, type ReportedCheck } from '../../src/core/browser-report.ts'
import type { Result } from './check.ts'
import type { DiagnosticContext } from './context.ts'
import { tell } from './words/words.ts'

/** What `POST /api/diagnostics` takes. */
export interface Report {
  readonly browser: string
  readonly device: string | null
  readonly user_agent: string
  readonly language: string
  readonly tz: string | null
  readonly at: string
  readonly checks: readonly ReportedCheck[]
  readonly help?: true
}

const USER_AGENT_CHARS = 512

/** What was found, for the operator: in English, whatever the person reads. */
export async function makeReport(ctx: DiagnosticContext, browser: string, results: readonly Result[]): Promise<Report> {
  const { userAgent, language, tz } = ctx.surroundings
  const now = ctx.clock.now()
  return {
    browser,
    device: ctx.desk?.state.device ?? (await ctx.storage.readDevice().catch(() => null)),
    user_agent: userAgent.slice(0, USER_AGENT_CHARS),
    language,
    tz,
    at: new Date(now).toISOString(),
    checks: results.map(({ code, ...outcome }) => {
      const detail = tell(outcome, 'en', now).says.slice(0, REPORT_LIMITS.detail)
      return { code, status: outcome.status, detail }
    }),
  }
}
