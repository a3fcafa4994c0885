import type { Notification } from '../../core/notification.ts'
import type { Fit, Recheck } from './recheck.ts'

/** What a second look found, and the next step; null when there was none to be had. Pure. */
export function sayRecheck(notification: Notification, recheck: Recheck | null): readonly string[] | null {
  if (recheck === null) return null
  const { bytes, digest, cut, coversBody } = recheck
  const count = `${bytes.toLocaleString('en-US')} bytes`
  if (cut) return [`Only its first ${count} are kept, so it cannot be verified again.`]
  const verified = `What was verified are the ${count} of the body as they arrived; their SHA-256 begins with ${digest}.`
  return [...(coversBody ? [verified] : []), ...sayVerdict(notification, recheck)]
}

function sayVerdict(notification: Notification, recheck: Recheck): readonly string[] {
  const { id, resourceId, detail, receivedAt } = notification
  const { refusal, refusalThen, fit, secrets } = recheck
  const present = secrets > 1 ? `one of the ${secrets} present secrets` : 'the present secret'
  if (!recheck.proofKept) {
    return ['Its proof is a secret itself and was not kept, so it cannot be verified again: have it sent again.']
  }
  if (refusal === null) return [`With ${present} it verifies: have it sent again, or run \`ec replay ${id}\`.`]
  if (refusalThen === null) {
    return [
      `With ${present} it would have verified when it came, and its time is over now: have the provider send it again, or run \`ec replay ${id} --re-sign\`.`,
    ]
  }
  if (fit !== null) return sayFit(fit, receivedAt)
  const mend = `\`ec resources set ${resourceId} --secret-file FILE\``
  if (secrets === 0)
    return [`The resource still has no secret: set the same one here, with ${mend}, and at the provider.`]
  const again = refusal === detail ? [] : [`Verified again now: ${refusal}.`]
  return [
    `With ${secrets > 1 ? `the ${secrets} present secrets` : 'the present secret'} it does not verify either, nor does it with other white space, order or escapes in its JSON.`,
    ...again,
    `Most likely the secret at the provider is another one: set the same here with ${mend}.`,
    'Else something on the way changed what the body says.',
  ]
}

function sayFit(fit: Fit, receivedAt: number): readonly string[] {
  switch (fit.change) {
    case 'body':
      return [
        `The signature fits ${fit.words}: something on the way, as a proxy or framework, parsed the body and wrote it anew.`,
        'Have it pass the raw bytes on; the secret is the right one.',
      ]
    case 'header':
      return [
        `The signature in header ${fit.header} is right, and is to be written ${fit.words}.`,
        'What sends it is not the service itself, or something on the way wrote the header anew.',
      ]
    case 'secret':
      return [
        `The signature fits the present secret ${fit.words}: the one at the provider is written so.`,
        'Enter the secret at the provider again, without anything around it.',
      ]
    case 'time':
      return [
        `The signature is right at ${new Date(fit.at).toISOString()}, the time in its header ${fit.header}, which is ${sayGap(receivedAt - fit.at)} it came.`,
        'Compare the clocks of the sender and of this machine; or it was sent again with an old signature.',
      ]
    default:
      return fit satisfies never
  }
}

function sayGap(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1000)
  const amount = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
  return `${amount} ${ms >= 0 ? 'before' : 'after'}`
}
