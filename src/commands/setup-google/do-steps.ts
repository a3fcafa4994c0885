import type { EcClient, SetupStepRow } from '../../client.ts'
import { EcError } from '../../core/errors.ts'

export interface StepReport {
  readonly id: string
  readonly title: string
  /** `done`: just now; `there`: before; `manual`: a person has to; `refused`: the service said no. */
  readonly state: 'done' | 'there' | 'manual' | 'refused'
  readonly why: string | null
  readonly next: string | null
}

/** What the service says no to, and which leaves the other steps and the calendars as they are. */
const REFUSALS: ReadonlySet<string> = new Set(['EC_ORG_POLICY', 'EC_API_DISABLED', 'EC_SCOPE_MISSING', 'EC_CONFLICT'])

/** Does every step that is to be done; after one that is refused only those go on that do not build on it. */
export async function doSteps(
  ec: EcClient,
  account: string,
  settings: Readonly<Record<string, string>>,
  tell: (report: StepReport) => void,
): Promise<readonly StepReport[]> {
  const { steps } = await ec.accounts.setup.check(account, settings)
  const reports: StepReport[] = []
  for (const step of steps) {
    const report = await doStep(ec, account, step, settings)
    reports.push(report)
    tell(report)
    if (report.state === 'refused') break
  }
  return reports
}

async function doStep(
  ec: EcClient,
  account: string,
  step: SetupStepRow,
  settings: Readonly<Record<string, string>>,
): Promise<StepReport> {
  const { id, title } = step
  if (step.state === 'done') return { id, title, state: 'there', why: null, next: null }
  try {
    const after = await ec.accounts.setup.do(account, id, settings)
    if (after.state === 'done') return { id, title, state: 'done', why: null, next: null }
    return { id, title, state: 'manual', why: after.why, next: after.next }
  } catch (error) {
    if (!(error instanceof EcError) || !REFUSALS.has(error.code)) throw error
    return { id, title, state: 'refused', why: error.message, next: error.hint }
  }
}
