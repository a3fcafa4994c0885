import type { PageOptions } from '../../client.ts'
import { EcError } from '../../core/errors.ts'
import { formatLocalTime } from '../../core/local-time.ts'
import type { CommandContext } from '../context.ts'
import { sayNext } from '../say-next.ts'

/** Fails unless the mail server took it, so that a script can rely on the exit code. */
export async function testMail(context: CommandContext, { user }: { readonly user: string }): Promise<void> {
  const client = await context.connect()
  const trial = await client.email.test(user)
  if (trial.outcome !== 'delivered') {
    throw new EcError('EC_PROVIDER', `the test did not go out: ${trial.reason ?? trial.outcome}`, {
      hint: HINTS[trial.outcome],
      details: { ...trial },
    })
  }
  if (context.json) context.output.document(trial)
  else context.output.say(`${user}: the mail server took it for ${trial.address}; look into the mailbox`)
}

const HINTS = {
  retry: 'try again in a moment; `ec doctor` shows whether the mail server answers',
  gone: 'give the user an address with `ec users set USER --email ADDRESS`',
  rejected: 'see what the mail server said',
  bad_address: 'correct the address with `ec users set USER --email ADDRESS`',
  our_trouble: 'see `ec doctor`, and correct the mail server with `ec setup email`',
} as const

export async function listSuppressed(context: CommandContext, page: PageOptions): Promise<void> {
  const { after, before, limit } = page
  const client = await context.connect()
  const { suppressed, next } = await client.email.suppressed({ after, before, limit })
  const { output } = context
  if (context.json) return output.document({ suppressed, next })
  if (suppressed.length === 0) return output.say('no address is suppressed')
  await output.table(
    [{ title: 'address', whole: true }, { title: 'since' }, { title: 'why', shrinks: true }],
    suppressed.map(({ address, at, reason }) => [address, formatLocalTime(at), reason]),
  )
  sayNext(output, next)
}

export async function liftAddress(context: CommandContext, { address }: { readonly address: string }): Promise<void> {
  const client = await context.connect()
  await client.email.lift(address)
  if (context.json) context.output.document({ address })
  else context.output.say(`${address}: gets mail again`)
}
