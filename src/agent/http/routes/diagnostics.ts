import { z } from 'zod'
import { REPORT_LIMITS, REPORT_STATUSES } from '../../../core/browser-report.ts'
import { userIdSchema } from '../../../core/event-schema.ts'
import { isTimeZone } from '../../../core/time-zone.ts'
import { noQuery } from '../input.ts'
import { instant, renderInstant } from '../render/instant.ts'
import { reachView, renderReach } from '../render/reach.ts'
import { renderReport, reportView } from '../render/report.ts'
import { defineRoute, type Route } from '../route.ts'
import { subjectOf, userParam } from './call.ts'

const line = (max: number) => z.string().min(1).max(max)

const reportBody = z.strictObject({
  user: userIdSchema.exactOptional(),
  browser: z.string().regex(/^br_[A-Za-z0-9_-]{8,64}$/, 'takes br_ and 8 to 64 characters of A-Z a-z 0-9 _ -'),
  device: line(64).nullable().default(null),
  user_agent: line(512),
  language: line(35).nullable().default(null),
  tz: z.string().max(64).refine(isTimeZone, 'takes an IANA time zone, as Europe/Madrid').nullable().default(null),
  at: z.iso
    .datetime({ offset: true, error: 'takes an RFC 3339 instant with an offset' })
    .transform(text => Date.parse(text)),
  checks: z
    .array(
      z.strictObject({
        code: z
          .string()
          .regex(/^[a-z]+(\.[a-z]+)+$/, 'takes a dotted code, as browser.permission')
          .max(64),
        status: z.enum(REPORT_STATUSES, { error: `takes one of ${REPORT_STATUSES.join(', ')}` }),
        detail: z.string().max(REPORT_LIMITS.detail).nullable().default(null),
      }),
    )
    .max(REPORT_LIMITS.checks),
  help: z.boolean().default(false),
})

export const diagnosticRoutes: readonly Route[] = [
  defineRoute({
    method: 'POST',
    path: '/api/diagnostics',
    summary: 'Keep what a browser found out about itself; with `help` the operator is told',
    allow: ['operator', 'user'],
    query: noQuery,
    bodyBytes: REPORT_LIMITS.bytes,
    body: reportBody,
    reply: { status: 200, schema: z.strictObject({ browser: z.string(), received_at: instant }) },
    async handle(call) {
      const { user, browser, device, user_agent: userAgent, language, tz, at: madeAt, checks, help } = call.body
      const userId = subjectOf(call, user)
      const report = { userId, browser, device, userAgent, language, tz, madeAt, checks }
      const receivedAt = await call.api.diagnostics.report(report, help)
      return { body: { browser, received_at: renderInstant(receivedAt) } }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/users/:user/diagnostics',
    summary: 'The last report of each browser of a user, the newest first',
    allow: ['operator', 'user'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: z.strictObject({ reports: z.array(reportView) }) },
    async handle(call) {
      const reports = await call.api.diagnostics.reports(subjectOf(call, userParam(call)))
      return { body: { reports: reports.map(renderReport) } }
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/users/:user/reach',
    summary: 'What stands between a user and events at this moment',
    allow: ['operator', 'user'],
    query: noQuery,
    body: null,
    reply: { status: 200, schema: reachView },
    async handle(call) {
      return { body: renderReach(await call.api.users.reach(subjectOf(call, userParam(call)))) }
    },
  }),
]
