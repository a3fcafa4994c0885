import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { beforeEach, describe, expect, it } from 'vitest'
import { finish, makeHome, runCli, startCli, type Home } from '../support/cli.ts'
import { send, type Parsed } from '../support/sandbox.ts'

let home: Home
beforeEach(() => {
  home = makeHome()
})

/** A real `ec sandbox`, once it says how it is reached. */
async function start(...args: readonly string[]) {
  const child = startCli(home, ['sandbox', '--port', '0', '--json', ...args])
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return { child, said: JSON.parse(String(line)) }
}

const run = async (line: string) => {
  const { code, stdout, stderr } = await runCli(home, [...line.split(' '), '--json'])
  expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: '' })
  return JSON.parse(stdout)
}

const versions = (one: Parsed) => one.calendars.reduce((sum: number, { version }: Parsed) => sum + version, 0)

describe('ec sandbox', () => {
  it('prints the variables that point ec to it, and ends when it is asked to', async () => {
    const child = startCli(home, ['sandbox', '--port', '0'])
    const lines: string[] = []
    const reader = createInterface({ input: child.stdout }).on('line', line => void lines.push(line))
    while (lines.length < 5) await once(reader, 'line')
    const file = join(home.dataDir, 'sandbox.json')
    expect(lines.map(line => line.split('=')[0])).toEqual([
      'EC_GOOGLE_BASE_URL',
      'EC_GOOGLE_TOKEN_URL',
      'EC_GOOGLE_AUTH_URL',
      'EC_GOOGLE_CERTS_URL',
      'EC_PUBSUB_BASE_URL',
    ])
    // With them ec finds nothing to complain of.
    const env = Object.fromEntries(lines.map(line => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]))
    expect(await runCli(home, ['config', 'check'], { env })).toMatchObject({ code: 0 })
    expect(existsSync(file)).toBe(true)
    child.kill('SIGINT')
    expect((await finish(child)).code).toBe(0)
    expect(existsSync(file)).toBe(false)
  })

  it('can be spoken with by the folder that it runs on, or by its URL', async () => {
    const { said } = await start('--account', 'ana@example.com', '--account', 'ben@example.com')
    expect(await run('sandbox mutate event.create --set event.summary=Dentist')).toMatchObject({ summary: 'Dentist' })
    expect(await run('sandbox mutate mail.receive --set account=ben@example.com')).toHaveProperty('threadId')
    expect(await run('sandbox state')).toMatchObject({
      accounts: ['ana@example.com', 'ben@example.com'],
      calendars: [{ id: 'ana@example.com', events: 1 }, { id: 'ben@example.com' }],
    })
    expect(await run('sandbox fault status --status 429 --retry-after 2 --times 1 --method GET')).toMatchObject({
      kind: 'status',
      retry_after: 2,
    })
    const path = `${said.google}/calendar/v3/calendars/primary/events`
    expect((await send(path, 'GET')).status).toBe(429)
    expect((await send(path, 'GET')).status).toBe(401)
    expect((await run('sandbox log --after 1')).entries).toMatchObject([
      { n: 2, operation: 'calendar.events.list', status: 401 },
    ])
    const { now } = await run('sandbox clock')
    const later = await run('sandbox clock --advance 2h')
    expect(Date.parse(later.now) - Date.parse(now)).toBeGreaterThanOrEqual(7_200_000)
    expect(await run('sandbox manners --set quota_refusal=429')).toMatchObject({ quota_refusal: 429 })
    expect(await run('sandbox fault clear')).toEqual({ faults: [] })
    expect((await runCli(makeHome(), ['sandbox', 'clock', '--url', said.google])).code).toBe(0)
  })

  it('keeps calendars and mail moving, as fast as its clock is moved', async () => {
    await start('--life', 'busy-week', '--every', '1h', '--rate', '0')
    const state = async () => JSON.parse((await runCli(home, ['sandbox', 'state', '--json'])).stdout)
    const before = await state()
    expect(before.calendars).toHaveLength(4)
    expect((await runCli(home, ['sandbox', 'clock', '--advance', '2d'])).code).toBe(0)
    const after = await state()
    expect(versions(after)).toBeGreaterThan(versions(before) + 10)
    expect(after.mailboxes[0].messages).toBeGreaterThan(before.mailboxes[0].messages)
  })

  it.each([
    ['sandbox clock', 75, /no sandbox runs/],
    ['sandbox clock --url http://127.0.0.1:9', 75, /no sandbox answers/],
    ['sandbox mutate nonsense', 2, /event\.create/],
    ['sandbox fault drop --percent 200', 2, /0 to 100/],
    ['sandbox nonsense', 2, /sandbox/],
    ['sandbox --account nobody', 2, /e-mail/],
  ])('%s ends with %i', async (line, code, said) => {
    const result = await runCli(home, line.split(' '))
    expect(result.code).toBe(code)
    expect(result.stderr).toMatch(said)
  })

  it('says what the sandbox refuses', async () => {
    const { said } = await start()
    const refused = await runCli(home, ['sandbox', 'mutate', 'event.delete', '--set', 'id=never'])
    expect(refused).toMatchObject({ code: 6, stderr: expect.stringContaining('Not Found') })
    expect((await runCli(home, ['sandbox', 'mutate', 'event.delete'])).code).toBe(4)
    expect((await runCli(home, ['sandbox', 'mutate', 'event.delete', '--set', 'id'])).code).toBe(2)
    const taken = await runCli(home, ['sandbox', '--port', new URL(said.google).port])
    expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining('EC_PORT_BUSY') })
  })

  it('helps, and completes', async () => {
    expect((await runCli(home, ['help', 'sandbox'])).stdout).toContain('ec sandbox mutate')
    expect((await runCli(home, ['sandbox', 'fault', '--help'])).stdout).toContain('ec sandbox fault')
    expect((await runCli(home, ['complete', '--', 'sandbox', ''])).stdout).toMatch(/^mutate/m)
    expect((await runCli(home, ['complete', '--', 'sandbox', 'mutate', 'ev'])).stdout).toMatch(/^event\.create/m)
  })
})
