import type { QuestionRow } from '../../client/questions.ts'
import { toEcError } from '../../core/errors.ts'
import type { ActivityRow } from './activity-row.ts'
import type { ScreenClient } from './controller.ts'
import { describeEvent, describeNotification, type DetailLine } from './detail.ts'

export interface ActivityDetail {
  readonly lines: readonly DetailLine[]
  /** What it asks, open or not. */
  readonly question: QuestionRow | null
}

/** Asks the agent for all that is known of a row. Rejects with what the agent says. */
export async function describeActivity(client: ScreenClient, row: ActivityRow): Promise<ActivityDetail> {
  if (row.kind === 'notification') {
    const [record, { sentences }] = await Promise.all([
      client.notifications.get(row.id),
      client.notifications.why(row.id),
    ])
    return { lines: describeNotification(record, sentences), question: null }
  }
  const [event, explanation, question] = await Promise.all([
    client.events.get(row.eventId, row.user),
    // A trace is kept for less long than its event.
    client.events.trace(row.eventId, row.user).catch(() => null),
    row.question === null ? null : client.questions.get(row.question, row.user).catch(nullIfGone),
  ])
  return { lines: describeEvent(event, explanation, question), question }
}

/** Whoever is about to answer does not lose it because the agent is away for a moment. */
function nullIfGone(thrown: unknown): null {
  if (toEcError(thrown).code === 'EC_NOT_FOUND') return null
  throw thrown
}
