import type { Account } from '../../core/account.ts'

/** Whose pushes a mailbox of this account believes; none where nothing is pushed. */
export function settingsFrom({ settings }: Account, target: string): Readonly<Record<string, string>> {
  const { service_account: serviceAccount, audience } = settings
  return {
    email: target,
    ...(serviceAccount === undefined ? {} : { service_account: serviceAccount }),
    ...(audience === undefined ? {} : { audience }),
  }
}
