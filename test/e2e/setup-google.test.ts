import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { finish, makeHome, runCli, startCli, type CliResult } from '../support/cli.ts'
import { freePort } from '../support/free-port.ts'
import { makeGoogleHome } from '../support/google-home.ts'
import { until } from '../support/until.ts'

/** The one document that `--json` printed. */
function documentOf({ stdout, stderr }: CliResult) {
  try {
    return JSON.parse(stdout)
  } catch {
    throw new Error(`no document: ${stdout}\n${stderr}`)
  }
}

const states = (steps: readonly { readonly id: string; readonly state: string }[]) =>
  steps.map(({ id, state }) => `${id}: ${state}`)

describe('ec setup google', () => {
  it('signs in, sets up what announces mail, watches what was chosen, and does nothing the second time', async () => {
    const { home, sandbox, clientFile, startAgent } = await makeGoogleHome()
    sandbox.control.mutate({ do: 'calendar.create', summary: 'Family' })
    await startAgent()
    const first = await runCli(home, ['setup', 'google', '--client-file', clientFile, '--calendar', 'all', '--json'])
    expect(first.code, first.stderr).toBe(0)
    const said = documentOf(first)
    expect(said.account).toMatchObject({ address: 'ana@example.com', user: 'me', state: 'ok' })
    expect(states(said.steps)).toEqual([
      'calendar-api: there',
      'gmail-api: there',
      'topic: done',
      'publisher: done',
      'dead-letters: done',
      'subscription: done',
    ])
    const names = said.resources.map(({ provider, name }: Record<string, string>) => `${provider} ${name}`).sort()
    expect(names).toEqual(['gmail ana@example.com', 'google-calendar Family', 'google-calendar ana@example.com'])
    expect(said).toMatchObject({ public_url: null, remaining: [] })
    expect(first.stdout + first.stderr).not.toContain('the-client-secret')

    const again = await runCli(home, ['setup', 'google', '--account', 'ana@example.com', '--calendar', 'all', '--json'])
    expect(again.code, again.stderr).toBe(0)
    expect(new Set(documentOf(again).steps.map(({ state }: Record<string, string>) => state))).toEqual(
      new Set(['there']),
    )
    const listed = documentOf(await runCli(home, ['resources', 'list', '--json']))
    expect(listed.resources).toHaveLength(3)

    const { accounts } = documentOf(await runCli(home, ['accounts', 'list', '--json']))
    expect(accounts).toHaveLength(1)
    const shown = await runCli(home, ['accounts', 'show', accounts[0].id])
    expect(shown.stdout).toContain('projects/ec-demo/topics/ec-gmail')
    expect(shown.stdout).not.toMatch(/ya29|1\/\//)
  })

  it('gets mail by pulling, without a public URL', async () => {
    const { home, sandbox, clientFile, startAgent } = await makeGoogleHome({ manners: { gmail_gap_ms: 0 } })
    await startAgent()
    const args = ['setup', 'google', '--client-file', clientFile, '--calendar', 'none', '--json']
    const { resources, account } = documentOf(await runCli(home, args))
    expect(resources).toMatchObject([{ provider: 'gmail', target: 'ana@example.com', account: account.id }])
    await until(
      async () => documentOf(await runCli(home, ['resources', 'show', resources[0].id, '--json'])),
      ({ sync }) => sync.complete && typeof sync.subscription?.verified_at === 'string',
    )
    sandbox.control.mutate({ do: 'mail.receive', subject: 'Lunch?' })
    const found = await until(
      async () => documentOf(await runCli(home, ['events', 'list', '--user', 'me', '--json'])).events,
      events => events.some(({ type }: Record<string, string>) => type === 'mail.received'),
    )
    const mails = found.filter(({ type }: Record<string, string>) => type === 'mail.received')
    expect(mails).toMatchObject([{ title: 'Ben Example: Lunch?', data: { mailbox: 'ana@example.com' } }])
  })

  it('has mail pushed where it is reached, and believes the service account that was named alone', async () => {
    const { home, sandbox, clientFile, startAgent } = await makeGoogleHome({ manners: { gmail_gap_ms: 0 } })
    const port = String(await freePort())
    await startAgent(['--port', port, '--public-url', `http://127.0.0.1:${port}`])
    const signer = 'push@ec-demo.iam.gserviceaccount.com'
    const args = ['setup', 'google', '--client-file', clientFile, '--calendar', 'none', '--service-account', signer]
    const { resources } = documentOf(await runCli(home, [...args, '--json']))
    expect(resources[0].settings).toMatchObject({ email: 'ana@example.com', service_account: signer })
    await until(
      async () => documentOf(await runCli(home, ['resources', 'show', resources[0].id, '--json'])),
      ({ sync }) => sync.complete && typeof sync.subscription?.verified_at === 'string',
    )
    sandbox.control.mutate({ do: 'mail.receive', subject: 'Pushed' })
    await until(
      async () => documentOf(await runCli(home, ['events', 'list', '--user', 'me', '--json'])).events,
      events => events.some(({ title }: Record<string, string>) => title === 'Ben Example: Pushed'),
    )
    const pushes = sandbox.control.log().filter(({ kind, status }) => kind === 'push' && status !== null)
    expect(new Set(pushes.map(({ status }) => status))).toEqual(new Set([204]))
    expect(pushes[0]?.target).toContain('/webhook/gmail')
  })

  it('takes an address that is pasted, where the browser is on another machine', async () => {
    const { home, clientFile, startAgent } = await makeGoogleHome()
    await startAgent()
    const args = ['setup', 'google', '--client-file', clientFile, '--paste', '--no-gmail', '--json']
    const child = startCli(home, args)
    const ended = finish(child)
    let talk = ''
    child.stderr.on('data', (text: string) => (talk += text))
    await until(
      () => talk,
      text => text.includes('address:'),
    )
    const page = /http\S+\/o\/oauth2\S+/.exec(talk)?.[0] ?? ''
    const answer = await fetch(page, { redirect: 'manual' })
    child.stdin.write('http://127.0.0.1:53682/?code=wrong&state=wrong\n')
    child.stdin.end(`${answer.headers.get('location')}\n`)
    const done = await ended
    expect(done.code, done.stderr).toBe(0)
    expect(documentOf(done).account).toMatchObject({ address: 'ana@example.com' })
  })

  it('says what an organisation forbids, and watches the calendar all the same', async () => {
    const { home, clientFile, startAgent } = await makeGoogleHome({ manners: { restricted_sharing: true } })
    await startAgent()
    const done = await runCli(home, ['setup', 'google', '--client-file', clientFile, '--json'])
    expect(done.code).toBe(4)
    const { steps, resources, remaining } = documentOf(done)
    expect(states(steps).at(-1)).toBe('publisher: refused')
    expect(resources).toHaveLength(2)
    expect(remaining[0]).toContain('Domain restricted sharing')
  })

  it('says which API is to be enabled', async () => {
    const { home, clientFile, startAgent } = await makeGoogleHome({ manners: { disabled_apis: ['gmail'] } })
    await startAgent()
    const done = await runCli(home, ['setup', 'google', '--client-file', clientFile])
    expect(done.code).toBe(4)
    expect(done.stderr).toMatch(/what remains for you: enable it at https:\/\/console\.developers\.google\.com/)
    expect(done.stdout).toContain('ana@example.com  watched from now on')
  })

  it('ends with 4 when the consent is refused, and has changed nothing', async () => {
    const { home, clientFile, startAgent } = await makeGoogleHome({ manners: { consent: 'refuse' } })
    await startAgent()
    const done = await runCli(home, ['setup', 'google', '--client-file', clientFile])
    expect(done.code).toBe(4)
    expect(done.stderr).toContain('the consent was not given')
    expect(documentOf(await runCli(home, ['accounts', 'list', '--json'])).accounts).toEqual([])
  })

  it('ends with 6 for a calendar that there is none of, and with 3 without an OAuth client', async () => {
    const { home, clientFile, startAgent } = await makeGoogleHome()
    await startAgent()
    const none = await runCli(home, ['setup', 'google', '--client-file', clientFile, '--calendar', 'ana@exampel.com'])
    expect(none.code).toBe(6)
    expect(none.stderr).toContain('did you mean ana@example.com?')
    const other = await makeGoogleHome()
    await other.startAgent()
    const bare = await runCli(other.home, ['setup', 'google'])
    expect(bare.code).toBe(3)
    expect(bare.stderr).toContain('docs/setup-google.md')
  })

  it('takes everything back', async () => {
    const { home, sandbox, clientFile, startAgent } = await makeGoogleHome()
    await startAgent()
    await runCli(home, ['setup', 'google', '--client-file', clientFile])
    const done = await runCli(home, ['setup', 'google', '--undo', '--json'])
    expect(done.code, done.stderr).toBe(0)
    expect(documentOf(done)).toMatchObject({ address: 'ana@example.com', revoked: true })
    expect(documentOf(await runCli(home, ['accounts', 'list', '--json'])).accounts).toEqual([])
    expect(documentOf(await runCli(home, ['resources', 'list', '--json'])).resources).toEqual([])
    const topics = await fetch(`${sandbox.urls.pubsub}/v1/projects/ec-demo/topics`, {
      headers: { authorization: `Bearer ${sandbox.control.token()}` },
    })
    expect(await topics.json()).toEqual({})
  })

  it('shows its plan without an agent, without Google, and without a client', async () => {
    const home = makeHome()
    const plan = await runCli(home, ['setup', 'google', '--dry-run', '--json'])
    expect(plan.code, plan.stderr).toBe(0)
    expect(documentOf(plan)).toMatchObject({
      dry_run: true,
      public_url: null,
      before: [expect.any(String), expect.any(String)],
    })
    const told = await runCli(home, ['setup', 'google', '--dry-run', '--project', 'ec-demo', '--no-gmail'])
    expect(told.stdout).toContain('calendar.readonly')
    expect(told.stdout).not.toContain('gmail')
  })

  it('needs an agent, and ends with 75 without one', async () => {
    const { home, clientFile } = await makeGoogleHome()
    expect((await runCli(home, ['setup', 'google', '--client-file', clientFile])).code).toBe(75)
  })

  it('stops when it is told to while it waits for the browser', async () => {
    const { home, clientFile, startAgent } = await makeGoogleHome()
    await startAgent()
    const child = startCli(home, ['setup', 'google', '--client-file', clientFile], {
      env: { BROWSER: 'none' },
      input: '',
    })
    const ended = finish(child)
    await once(child.stderr, 'data')
    child.kill('SIGINT')
    expect((await ended).code).toBe(130)
  })
})
