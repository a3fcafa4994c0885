import type { Describer } from '../draft.ts'
import { ALERTS } from './alerts.ts'
import { CODE } from './code.ts'
import { DEPLOYMENTS } from './deployments.ts'
import { DISCUSSIONS } from './discussions.ts'
import { ISSUES } from './issues.ts'
import { describeOther } from './other.ts'
import { PEOPLE } from './people.ts'
import { PROJECTS } from './projects.ts'
import { PULL_REQUESTS } from './pull-requests.ts'
import { REPOSITORIES } from './repositories.ts'
import { RUNS } from './runs.ts'

const DESCRIBERS: ReadonlyMap<string, Describer> = new Map(
  [ALERTS, CODE, DEPLOYMENTS, DISCUSSIONS, ISSUES, PEOPLE, PROJECTS, PULL_REQUESTS, REPOSITORIES, RUNS].flatMap(table =>
    Object.entries(table),
  ),
)

/** Who describes deliveries of this kind; there is always somebody. */
export function describerOf(kind: string): Describer {
  return DESCRIBERS.get(kind) ?? describeOther
}
