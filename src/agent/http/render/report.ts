import { z } from 'zod'
import { REPORT_STATUSES, type BrowserReport } from '../../../core/browser-report.ts'
import { instant, renderInstant, renderInstantOrNull } from './instant.ts'

export const reportView = z.strictObject({
  browser: z.string(),
  device: z.string().nullable(),
  user_agent: z.string(),
  language: z.string().nullable(),
  tz: z.string().nullable(),
  at: instant,
  received_at: instant,
  asked_at: instant.nullable(),
  checks: z.array(z.strictObject({ code: z.string(), status: z.enum(REPORT_STATUSES), detail: z.string().nullable() })),
})

export function renderReport(report: BrowserReport): z.infer<typeof reportView> {
  const { browser, device, userAgent, language, tz, madeAt, receivedAt, askedAt, checks } = report
  return {
    browser,
    device,
    user_agent: userAgent,
    language,
    tz,
    at: renderInstant(madeAt),
    received_at: renderInstant(receivedAt),
    asked_at: renderInstantOrNull(askedAt),
    checks: [...checks],
  }
}
