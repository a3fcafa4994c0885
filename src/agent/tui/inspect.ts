import { formatLocalTime } from '../../core/local-time.ts'
import { terminalLine } from '../../core/terminal-text.ts'
import { describeJob, describeResource, describeText } from './detail.ts'
import type { Subject } from './keys.ts'
import type { Action } from './reduce.ts'

/** A thing that is all at hand; see `watch-detail.ts` for what is asked for. */
export type AtHand = Exclude<Subject, { readonly kind: 'activity' }>

/** Opens the detail of it. */
export function inspect(subject: AtHand): Action {
  switch (subject.kind) {
    case 'health': {
      const { item } = subject
      if (item.kind === 'resource') {
        const { id } = item.resource
        return {
          type: 'open',
          key: id,
          title: `resource ${terminalLine(id)}`,
          lines: describeResource(item.resource, item.reads),
        }
      }
      const { code, title, detail, hint } = item.check
      const text = [title, detail, hint === undefined ? undefined : `next: ${hint}`].filter(Boolean).join('\n')
      return { type: 'open', key: code, title: `check ${terminalLine(code)}`, lines: describeText(text) }
    }
    case 'job': {
      const { id } = subject.job
      return { type: 'open', key: id, title: `job ${terminalLine(id)}`, lines: describeJob(subject.job) }
    }
    case 'log': {
      const { key, at, level, text } = subject.line
      const title = `${level} ${formatLocalTime(new Date(at).toISOString())}`
      return { type: 'open', key, title, lines: describeText(text) }
    }
    default:
      return subject satisfies never
  }
}
