import { expect, it } from 'vitest'
import { runCli } from '../support/cli.ts'
import { diagnose } from '../support/doctor.ts'
import { makeGoogleHome } from '../support/google-home.ts'

/** A home with an agent and an account that is set up. */
async function openSetUp(args: readonly string[] = []) {
  const google = await makeGoogleHome()
  await google.startAgent()
  const done = await runCli(google.home, ['setup', 'google', '--client-file', google.clientFile, ...args])
  expect(done.code, done.stderr).toBe(0)
  const call = (method: string, path: string, body?: unknown) =>
    fetch(`${google.sandbox.urls.google}${path}`, {
      method,
      headers: { authorization: `Bearer ${google.sandbox.control.token()}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  return { ...google, call }
}

it('finds an account in order that was just set up', async () => {
  const { home } = await openSetUp()
  const found = await diagnose(home)
  expect(found.find('google.token.expired')).toMatchObject({ status: 'ok', detail: 'ana@example.com' })
  expect(found.find('google.scopes').status).toBe('ok')
  expect(found.find('google.api').status).toBe('ok')
  expect(found.find('google.topic')).toMatchObject({ status: 'ok', detail: 'projects/ec-demo/topics/ec-gmail' })
  expect(found.find('google.subscription').status).toBe('ok')
  expect(found.find('clock.skew').status).toBe('ok')
})

it('says that a consent was taken back, and goes on to say so without asking', async () => {
  const { home, sandbox } = await openSetUp()
  sandbox.control.mutate({ do: 'grant.revoke' })
  for (let n = 0; n < 2; n++) {
    expect((await diagnose(home)).find('google.token.expired')).toMatchObject({
      status: 'fail',
      detail:
        'ana@example.com: the consent was taken back, or has expired; nothing is asked of Google until it has signed in again',
      hint: expect.stringContaining('ec setup google'),
    })
  }
})

it('names the API that was switched off, and the topic that Gmail may not use', async () => {
  const { home, sandbox, call } = await openSetUp()
  await call('POST', '/v1/projects/ec-demo/topics/ec-gmail:setIamPolicy', { policy: { bindings: [] } })
  expect((await diagnose(home)).find('google.topic')).toMatchObject({
    status: 'fail',
    detail: 'ana@example.com: Gmail may not publish to projects/ec-demo/topics/ec-gmail',
  })
  sandbox.control.manners({ disabled_apis: ['calendar'] })
  expect((await diagnose(home)).find('google.api')).toMatchObject({
    status: 'fail',
    detail: expect.stringContaining('Google Calendar API'),
    hint: expect.stringContaining('https://console.developers.google.com/apis/api/'),
  })
})

it('says that the subscription has gone, or would go', async () => {
  const { home, call } = await openSetUp()
  const answer = await call('GET', '/v1/projects/ec-demo/subscriptions')
  const listed: { readonly subscriptions: readonly { readonly name: string }[] } = JSON.parse(await answer.text())
  const name = listed.subscriptions.map(one => one.name).find(one => !one.endsWith('-dead')) ?? ''
  await call('PATCH', `/v1/${name}`, {
    subscription: { name, expirationPolicy: { ttl: '2678400s' } },
    updateMask: 'expirationPolicy',
  })
  expect((await diagnose(home)).find('google.subscription')).toMatchObject({
    status: 'warn',
    detail: expect.stringContaining('2678400s'),
  })
  await call('DELETE', `/v1/${name}`)
  expect((await diagnose(home)).find('google.subscription').status).toBe('fail')
})

it('says that mail is polled where nothing announces it', async () => {
  const google = await makeGoogleHome({ manners: { restricted_sharing: true } })
  await google.startAgent()
  await runCli(google.home, ['setup', 'google', '--client-file', google.clientFile])
  expect((await diagnose(google.home)).find('google.topic')).toMatchObject({
    status: 'warn',
    detail: 'ana@example.com: mail is not announced, so it is read every few minutes',
  })
})

it('sees that the clock is an hour off, by what Google says of the time', async () => {
  const { home, sandbox } = await openSetUp(['--no-gmail'])
  await sandbox.control.advance(3_600_000)
  expect((await diagnose(home)).find('clock.skew')).toMatchObject({
    status: 'fail',
    detail: expect.stringMatching(/^3,\d{3} s behind 127\.0\.0\.1/),
  })
})
