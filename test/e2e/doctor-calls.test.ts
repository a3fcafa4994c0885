import { expect, it } from 'vitest'
import { diagnose } from '../support/doctor.ts'
import { openSyncedHome } from '../support/synced-home.ts'

it('says whose calls had to wait for their budget, by the address of the account', async () => {
  const { home, client, account } = await openSyncedHome()
  expect((await diagnose(home)).find('calls.budget').status).toBe('ok')
  // More than may come at once; each asks for the list of calendars.
  await Promise.all(Array.from({ length: 130 }, () => client.accounts.discover(account)))
  const check = (await diagnose(home)).find('calls.budget')
  expect(check).toMatchObject({ status: 'warn', hint: 'see who asks so often: `ec calls --since 1h`' })
  expect(check.detail).toMatch(
    /^Google Calendar of ana@example\.com: \d+ of 500 calls in the last minute, waited \d+ times/,
  )
  const { budgets } = await client.calls()
  const use = budgets.find(({ budget }) => budget === 'Google Calendar')
  expect(use?.waits).toBeGreaterThan(0)
  expect(use?.last_wait_at).toMatch(/Z$/)
})
