import { createEmulator } from 'emulate'
import { describe, expect, it, onTestFinished } from 'vitest'
import { gmail } from '#ec/providers/gmail/index.js'
import { googleCalendar } from '#ec/providers/google-calendar/index.js'
import { googleSignIn } from '#ec/providers/google/sign-in.js'
import { openAccountContext } from '../support/account-context.js'
import { freePort } from '../support/free-port.js'
import { aResource } from '../support/webhook.js'

/**
 * Our Google client against a stand-in that others have written: what one hand got wrong in both our client and our sandbox
 * would show here. It has no watch of calendars, no sync tokens, no profile of a mailbox and no `/oauth2/v3/userinfo`.
 */
async function openEmulator(seed = {}) {
  const emulator = await createEmulator({ service: 'google', port: await freePort(), seed: { google: seed } })
  onTestFinished(() => emulator.close())
  const contextOf = (provider: string) => {
    const ctx = openAccountContext({ baseUrl: emulator.url, token: 'any', provider })
    return { ...ctx, endpoints: { ...ctx.endpoints, googleTokenUrl: `${emulator.url}/oauth2/token` } }
  }
  return { url: emulator.url, contextOf }
}

const mailbox = { ...aResource('gmail'), accountId: 'a', target: 'testuser@gmail.com' }
const calendar = { ...aResource('google-calendar'), accountId: 'a', target: 'primary' }

describe('a stand-in of somebody else', () => {
  it('lists its calendars', async () => {
    const { contextOf } = await openEmulator()
    expect(await googleCalendar.discover?.(contextOf('google-calendar'))).toMatchObject([
      { target: 'primary', primary: true, role: 'owner' },
      { name: 'Team Calendar', role: 'owner' },
    ])
  })

  it('takes the list of events as we ask for it, and is not believed without a sync token', async () => {
    const { contextOf } = await openEmulator()
    const ctx = contextOf('google-calendar')
    const reading = googleCalendar.reader?.readPage(ctx, calendar, { cursor: null, page: null, since: null })
    await expect(reading).rejects.toMatchObject({ code: 'EC_PROVIDER' })
    expect(ctx.calls).toMatchObject([{ operation: 'events.list', status: 200 }])
  })

  it('gives the history of the inbox, and its mails', async () => {
    const { contextOf } = await openEmulator()
    const page = await gmail.reader?.readPage(contextOf('gmail'), mailbox, { cursor: '1', page: null, since: null })
    const items = page?.changes.flatMap(change => (change.type === 'upsert' ? [change.item] : [])) ?? []
    const told = items.flatMap(
      after => gmail.reader?.describe({ before: null, after }, mailbox, contextOf('gmail').account, 0) ?? [],
    )
    expect(told[0]).toMatchObject({ type: 'mail.received', title: expect.stringMatching(/^\S.*: \S/) })
    expect(page?.next).toEqual({ cursor: expect.stringMatching(/^\d{10,}$/) })
  })

  it('watches a mailbox, and stops', async () => {
    const { contextOf } = await openEmulator()
    const wanted = { id: 'w', address: 'projects/ec-demo/topics/ec-gmail', secret: '', expiresAt: 0 }
    const got = await gmail.subscriptions?.create(contextOf('gmail'), mailbox, wanted)
    expect(got?.expiresAt).toBeGreaterThan(Date.now())
    await gmail.subscriptions?.stop(contextOf('gmail'), mailbox, { id: 'w', remoteId: null })
  })

  it('refuses a refresh token that it does not know in the words that sign an account out', async () => {
    const { contextOf } = await openEmulator()
    const held = { refreshToken: 'unknown', grantedAt: 0 }
    await expect(
      googleSignIn.refresh(contextOf('google'), { id: 'client', secret: 'secret' }, held),
    ).rejects.toMatchObject({ code: 'EC_ACCOUNT_SIGNED_OUT' })
  })

  it('says of a calendar that it does not have what the real one says', async () => {
    const { contextOf } = await openEmulator()
    const gone = { ...calendar, target: 'nobody@example.com' }
    const reading = googleCalendar.reader?.readPage(contextOf('google-calendar'), gone, {
      cursor: null,
      page: null,
      since: null,
    })
    await expect(reading).rejects.toMatchObject({ code: 'EC_TARGET_GONE' })
  })
})
