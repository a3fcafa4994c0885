import type { Explanation } from '../../client/rows.ts'
import type { TraceRow, TraceStep } from '../../core/plan.ts'
import { formatLocalTime } from '../../core/local-time.ts'

type Told = Pick<Explanation, 'plan' | 'trace'>

/** Where, as `push Ana's phone`, and what was last heard from there. */
type Field = readonly [where: string, what: string]

/** Where an event stands on each channel, and at each device or address: by its name, what was last heard of it. */
export function deliveryFields({ plan, trace }: Told): readonly Field[] {
  const channels = [...new Set(plan.steps.map(({ channel }) => channel))]
  return channels.flatMap((channel): readonly Field[] => {
    const rows = trace.filter(row => row.channel === channel)
    if (channel === 'ws') return [[channel, tellClients(rows) ?? tellPlan(plan, channel)]]
    const targets = newestByTarget(rows)
    const whole = rows.findLast(row => row.target === undefined && (row.step === 'held' || row.step === 'dropped'))
    if (targets.length > 0) {
      const reached = targets.map((row): Field => [`${channel} ${row.about ?? 'a device'}`, tellRow(row)])
      // What was decided of the channel since is the newer news.
      return whole === rows.at(-1) && whole !== undefined ? [...reached, [channel, tellRow(whole)]] : reached
    }
    return [[channel, whole === undefined ? tellPlan(plan, channel) : tellRow(whole)]]
  })
}

/** Of each device or address the last row, in the order in which they were first told of. */
function newestByTarget(rows: readonly TraceRow[]): readonly TraceRow[] {
  const newest = new Map<string, TraceRow>()
  for (const row of rows) {
    if (row.target === undefined) continue
    const about = row.about ?? newest.get(row.target)?.about
    newest.set(row.target, about === undefined ? row : { ...row, about })
  }
  return [...newest.values()]
}

/** Null: nobody has got it yet. */
function tellClients(rows: readonly TraceRow[]): string | null {
  const count = (step: TraceStep): number =>
    rows.reduce((sum, row) => (row.step === step ? sum + (row.count ?? 1) : sum), 0)
  const [sent, received] = [count('sent'), count('received')]
  return sent === 0 ? null : `sent to ${sent}, arrived at ${received}`
}

/** What was decided before anything came of it. */
function tellPlan({ steps }: Told['plan'], channel: string): string {
  const own = steps.filter(step => step.channel === channel)
  const held = own.find(({ action }) => action === 'hold')
  if (own.some(({ action }) => action === 'send')) return channel === 'ws' ? 'no client has taken it yet' : 'to be sent'
  if (held !== undefined) return `held until ${formatLocalTime(held.until)} (${held.reason})`
  return `not sent (${own[0]?.reason ?? 'nobody knows why'})`
}

function tellRow({ step, at, reason, until }: TraceRow): string {
  const why = reason === undefined ? '' : ` (${reason})`
  switch (step) {
    case 'queued':
      return 'on its way'
    case 'held':
      return `held until ${until === undefined ? 'later' : formatLocalTime(until)}${why}`
    case 'retrying':
      return `tried again ${until === undefined ? 'later' : formatLocalTime(until)}${why}`
    case 'dropped':
      return `not sent${why}`
    case 'failed':
    case 'gone':
      return `${step}${why}`
    case 'sent':
    case 'received':
    case 'shown':
    case 'clicked':
    case 'dismissed':
      return `${step} ${formatLocalTime(at)}`
    default:
      return step satisfies never
  }
}
