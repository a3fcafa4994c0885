import type { AccountRow, EcClient } from '../../client.ts'
import { EcError, toEcError } from '../../core/errors.ts'
import type { CommandContext } from '../context.ts'

/** Takes everything back: what was made at Google, the watches, the consent, and the copies here. */
export async function undoGoogle(context: CommandContext, ec: EcClient, account: AccountRow): Promise<void> {
  const { output, json } = context
  const sure = await output.confirm(`Take back the setup of ${account.address}, and forget what was read with it?`)
  if (!sure) return output.say('nothing was changed')
  const undone: { readonly id: string; readonly title: string; readonly error: string | null }[] = []
  for (const { id, title } of await stepsOf(ec, account)) {
    try {
      await ec.accounts.setup.undo(account.id, id)
      undone.push({ id, title, error: null })
    } catch (thrown) {
      const error = toEcError(thrown)
      if (error.code === 'EC_CONFLICT') throw error
      // The rest is taken back all the same; what is left is named.
      undone.push({ id, title, error: error.code })
      output.tell(`not taken back: ${title}: ${error.message}`)
    }
  }
  const { revoked } = await ec.accounts.remove(account.id)
  if (json) output.document({ account: account.id, address: account.address, undone, revoked })
  else output.say(`${account.address}: taken back and removed`)
  if (!revoked) output.tell('end the consent yourself at https://myaccount.google.com/connections')
}

/** The last first. An account that is signed out can take nothing back at its service. */
async function stepsOf(ec: EcClient, { id, state }: AccountRow) {
  if (state !== 'ok') return []
  try {
    return (await ec.accounts.setup.check(id)).steps.toReversed()
  } catch (error) {
    if (error instanceof EcError && error.code === 'EC_ACCOUNT_SIGNED_OUT') return []
    throw error
  }
}
