import type { Account } from '../../core/account.ts'
import { ERROR_CODES } from '../../core/error-codes.ts'
import type { EcError } from '../../core/errors.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { Resource } from '../../core/resource.ts'
import { nextAfter } from './say-failure.ts'
import { toHint } from './to-hint.ts'

/** What the owner of a resource is told when its sync needs a person. */
export const SYNC_ALERTS = {
  /** A pass that was given up. */
  failed(resource: Resource, { error, account, job }: FailedPass): EventInput {
    const { code, message, hint } = error
    const usual = hint === ERROR_CODES[code].hint ? toHint(nextAfter(code, account)) : hint
    const next = code === 'EC_SCOPE_MISSING' ? toHint(nextAfter(code, account)) : usual
    const again = job === null ? '' : ` It is read again by itself; \`ec jobs retry ${job}\` does it now.`
    return alert(resource, {
      level: 'error',
      title: `${resource.name} could not be read`,
      body: `${toSentence(ERROR_CODES[code].title)} ${toSentence(message)} Next: ${ended(next.replace('ID', resource.id))}${again}`,
      collapse: 'failed',
      data: { code },
    })
  },
  /** Its subscription was given up. */
  disabled(resource: Resource, failures: number): EventInput {
    return alert(resource, {
      level: 'warning',
      title: `${resource.name} is only polled from now on`,
      body:
        `Its notifications failed ${failures} times in a row, so it is read at intervals. ` +
        `Next: see \`ec doctor\`, then \`ec resources watch ${resource.id}\`.`,
      collapse: 'disabled',
      data: { failures },
    })
  },
  /** A deletion that waits for a person's word. */
  heldDeletion(resource: Resource, { gone, of }: { readonly gone: number; readonly of: number }): EventInput {
    return alert(resource, {
      level: 'warning',
      title: `${gone} of ${of} entries of ${resource.name} seem to be gone`,
      body:
        'So many at once may be a mistake of the service, so they are kept here until you say so. ' +
        `If they are gone: \`ec resources sync ${resource.id} --confirm-deletion\`. If not, do nothing.`,
      collapse: 'deletion',
      data: { gone, of },
    })
  },
} as const

interface FailedPass {
  readonly error: EcError
  readonly account: Account | null
  /** The dead letter; null = nobody can do it over in a moment. */
  readonly job: string | null
}

function toSentence(text: string): string {
  return ended(`${text.charAt(0).toUpperCase()}${text.slice(1)}`)
}

function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

interface Words {
  readonly level: 'warning' | 'error'
  readonly title: string
  readonly body: string
  readonly collapse: string
  readonly data: Readonly<Record<string, string | number>>
}

function alert({ id, userId }: Resource, { level, title, body, collapse, data }: Words): EventInput {
  return {
    user_id: userId,
    type: 'system.alert',
    level,
    title: title.slice(0, 200),
    body,
    service: 'ec',
    collapse_key: `${collapse}:${id}`,
    data: { resource: id, ...data },
  }
}
