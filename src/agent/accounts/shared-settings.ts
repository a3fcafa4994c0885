import type { Account } from '../../core/account.ts'

/** What an account set up that serves others of the same client too: a topic takes the mail of all of them. */
export function sharedSettings({ id, settings }: Account): Readonly<Record<string, string>> {
  const names = ['topic', 'project', 'delivery', 'service_account', 'audience']
  const values = names.flatMap(name => {
    const value = settings[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { shared: id, ...Object.fromEntries(values) }
}
