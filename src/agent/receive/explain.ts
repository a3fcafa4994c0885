import { ERROR_CODES, type ErrorCode } from '../../core/error-codes.ts'
import type { Notification } from '../../core/notification.ts'
import type { Recheck } from './recheck.ts'
import { sayRecheck } from './say-recheck.ts'

/**
 * Why a notification is where it is: what happened, why, and the next step; one sentence a line. `recheck` is what was
 * found when a refused one was judged again; null when it could not be. Pure.
 */
export function explainNotification(notification: Notification, recheck: Recheck | null): readonly string[] {
  return [sayArrival(notification), ...sayState(notification, recheck)]
}

function sayArrival({ provider, kind, receivedAt }: Notification): string {
  const what = kind === '' ? 'A request' : `A notification \`${kind}\``
  return `${what} from ${provider} came at ${new Date(receivedAt).toISOString()}.`
}

function sayState(notification: Notification, recheck: Recheck | null): readonly string[] {
  const { state, resourceId, processedAt } = notification
  switch (state) {
    case 'accepted':
      return ['It is stored and waits for its turn, after what came before it for the same resource.']
    case 'held':
      return [
        'Its resource is paused, so it is kept and not processed.',
        `Let it go on with \`ec resources resume ${resourceId}\`.`,
      ]
    case 'syncing':
      return [
        'What changed is being read at the provider; that ends its processing.',
        `See how far it is with \`ec resources show ${resourceId}\`.`,
      ]
    case 'processed':
      return [
        processedAt === null ? 'It was processed.' : `It was processed at ${new Date(processedAt).toISOString()}.`,
      ]
    case 'dead':
      return [
        'Its processing failed until no attempt was left, so it had no effect.',
        ...sayDetail(notification),
        'When the cause is mended, find its job with `ec jobs list --state dead` and run `ec jobs retry ID`.',
      ]
    case 'quarantined':
      return sayRefusal(notification, recheck)
    default:
      return state satisfies never
  }
}

function sayRefusal(notification: Notification, recheck: Recheck | null): readonly string[] {
  const { reason, resourceId } = notification
  const kept = 'The request is kept in quarantine; ec never tries it again by itself.'
  switch (reason) {
    case 'EC_SECRET_MISSING':
      return [
        'It was refused with 401: the resource had no secret, so nothing could be verified.',
        kept,
        ...(sayRecheck(notification, recheck) ?? [
          `Set the same secret here, with \`ec resources set ${resourceId} --secret-file FILE\`, and at the provider.`,
        ]),
      ]
    case 'EC_SIGNATURE_MISSING':
      return [
        'It was refused with 401: it carries no signature.',
        ...sayDetail(notification),
        kept,
        'Set at the provider what is missing here.',
        `If it is set there, the provider may have the webhook URL of another resource (\`ec resources show ${resourceId}\`), or something on the way drops the header.`,
      ]
    case 'EC_SIGNATURE_INVALID':
      return [
        'It was refused with 401: what it proves itself with is not accepted.',
        ...sayDetail(notification),
        kept,
        ...(sayRecheck(notification, recheck) ?? [
          'Either the secret at the provider is another one, or something on the way changed the request.',
        ]),
      ]
    case 'EC_HANDSHAKE_REFUSED':
      return [
        'It was refused with 401: it is a handshake that is not believed.',
        ...sayDetail(notification),
        'The request is kept in quarantine, without its body, which held a secret; ec never tries it again by itself.',
        `See with \`ec resources show ${resourceId}\` whether the resource has its secret; if not, add it anew.`,
      ]
    case 'EC_NOTIFICATION_MALFORMED':
      return [
        'It is authentic, yet not what the provider documents, so it could not be read.',
        ...sayDetail(notification),
        kept,
        ...(recheck !== null && recheck.malformed === null
          ? [`Read again now it is understood: run \`ec replay ${notification.id}\`.`]
          : []),
        'Compare what the provider is set to send (a custom template, another content type) with its documentation.',
      ]
    default:
      return [sayCode(reason), ...sayDetail(notification), kept]
  }
}

function sayDetail({ detail }: Notification): readonly string[] {
  return detail === null || detail === '' ? [] : [`In detail: ${detail}.`]
}

function sayCode(reason: string | null): string {
  if (reason === null) return 'It was refused.'
  return isErrorCode(reason) ? `It was refused: ${ERROR_CODES[reason].title}.` : `It was refused: ${reason}.`
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code)
}
