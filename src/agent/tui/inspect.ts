import { toEcError } from '../../core/errors.ts'
import { formatLocalTime } from '../../core/local-time.ts'
import { terminalLine } from '../../core/terminal-text.ts'
import type { ActivityRow } from './activity-row.ts'
import type { ScreenClient } from './controller.ts'
import {
  describeEvent,
  describeJob,
  describeNotification,
  describeResource,
  describeText,
  type DetailLine,
} from './detail.ts'
import type { Subject } from './keys.ts'
import type { Action } from './reduce.ts'

/** Opens the detail of a thing; what is not at hand is asked for. Never rejects: a failure is shown in the detail. */
export async function inspect(client: ScreenClient, subject: Subject, tell: (action: Action) => void): Promise<void> {
  switch (subject.kind) {
    case 'activity': {
      const { row } = subject
      const { key } = row
      tell({ type: 'open', key, title: `${row.kind} ${row.id}`, lines: null })
      const lines = await describeActivity(client, row).catch((thrown: unknown) => {
        const { message, hint } = toEcError(thrown)
        return describeText(`${message}\nnext: ${hint}`)
      })
      return tell({ type: 'detail', key, lines })
    }
    case 'health': {
      const { item } = subject
      if (item.kind === 'resource') {
        const { id } = item.resource
        return tell({
          type: 'open',
          key: id,
          title: `resource ${terminalLine(id)}`,
          lines: describeResource(item.resource),
        })
      }
      const { code, title, detail, hint } = item.check
      const text = [title, detail, hint === undefined ? undefined : `next: ${hint}`].filter(Boolean).join('\n')
      return tell({ type: 'open', key: code, title: `check ${terminalLine(code)}`, lines: describeText(text) })
    }
    case 'job': {
      const { id } = subject.job
      return tell({ type: 'open', key: id, title: `job ${terminalLine(id)}`, lines: describeJob(subject.job) })
    }
    case 'log': {
      const { key, at, level, text } = subject.line
      const title = `${level} ${formatLocalTime(new Date(at).toISOString())}`
      return tell({ type: 'open', key, title, lines: describeText(text) })
    }
    default:
      return subject satisfies never
  }
}

async function describeActivity(client: ScreenClient, row: ActivityRow): Promise<readonly DetailLine[]> {
  if (row.kind === 'notification') {
    const [record, { sentences }] = await Promise.all([
      client.notifications.get(row.id),
      client.notifications.why(row.id),
    ])
    return describeNotification(record, sentences)
  }
  const [event, explanation] = await Promise.all([
    client.events.get(row.eventId, row.user),
    // A trace is kept for less long than its event.
    client.events.trace(row.eventId, row.user).catch(() => null),
  ])
  return describeEvent(event, explanation)
}
