import { once } from 'node:events'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { makeCertificate, type Certificate } from '../support/certificate.ts'
import { makeHome, runCli, startAgentProcess, startCli, type Home } from '../support/cli.ts'
import { makeConsentingHome } from '../support/google-home.ts'
import { until } from '../support/until.ts'

const PATIENCE_MS = 120_000

/** A real `ec sandbox`, which trusts the certificate of the tunnel as the world trusts those of real ones. */
async function startSandboxProcess({ file }: Certificate) {
  const home = makeHome()
  const quiet = ['--rate', '1', '--account', 'ana@example.com']
  const child = startCli(home, ['sandbox', '--port', '0', '--json', ...quiet], { env: { NODE_EXTRA_CA_CERTS: file } })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const mutate = async (action: string, ...set: readonly string[]): Promise<void> => {
    const { code, stderr } = await runCli(home, ['sandbox', 'mutate', action, ...set.flatMap(one => ['--set', one])])
    expect({ code, stderr }).toMatchObject({ code: 0 })
  }
  return { env: JSON.parse(String(line)).env, mutate }
}

/** What is said and done of ngrok: TLS at an address that is another one at each start, and its lines of JSON. */
function programOf({ key, cert }: Certificate, pidFile: string): string {
  return `#!${process.execPath}
const { request } = require('node:http')
const { createServer } = require('node:https')
const target = new URL(process.argv[3])
createServer(${JSON.stringify({ key, cert })}, (asked, answer) => {
  const { method, headers, url: path } = asked
  const passed = request({ host: target.hostname, port: target.port, method, path, headers }, got => {
    answer.writeHead(got.statusCode, got.headers)
    got.pipe(answer)
  })
  passed.on('error', () => answer.writeHead(502).end())
  asked.pipe(passed)
}).listen(0, '127.0.0.1', function () {
  require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid))
  console.log(JSON.stringify({ lvl: 'info', msg: 'started tunnel', url: 'https://localhost:' + this.address().port }))
})
`
}

const readJson = async (home: Home, line: string) => {
  const { code, stdout, stderr } = await runCli(home, [...line.split(' '), '--json'])
  expect({ line, code, stderr }).toMatchObject({ line, code: 0 })
  return JSON.parse(stdout)
}

it(
  'asks for its notifications anew when a tunnel has another address, and tells once what came meanwhile',
  { timeout: 3 * PATIENCE_MS },
  async () => {
    const certificate = makeCertificate()
    const sandbox = await startSandboxProcess(certificate)
    const { home: plain, clientFile } = makeConsentingHome(sandbox.env)
    const bin = join(plain.dir, 'bin')
    const pidFile = join(plain.dir, 'pid')
    mkdirSync(bin)
    writeFileSync(join(bin, 'ngrok'), programOf(certificate, pidFile))
    chmodSync(join(bin, 'ngrok'), 0o755)
    const env = { ...plain.env, PATH: `${bin}:${plain.env['PATH']}`, NODE_EXTRA_CA_CERTS: certificate.file }
    const home = { ...plain, env: { ...env, EC_SYNC_COALESCE: '1s' } }
    await startAgentProcess(home, ['--tunnel', 'ngrok'])

    const publicUrl = async (): Promise<string | null> => (await readJson(home, 'status')).public_url
    const first = await until(publicUrl, url => url !== null)
    const setup = await runCli(home, ['setup', 'google', '--client-file', clientFile, '--no-gmail'])
    expect(setup.code, setup.stderr).toBe(0)
    const told = async (): Promise<readonly string[]> =>
      (await readJson(home, 'events list --user me --limit 100')).events
        .map(({ title }: { title: string }) => title)
        .filter((title: string) => title.startsWith('New: '))
        .toSorted()
    const isWatched = async (): Promise<boolean> =>
      (await readJson(home, 'resources list')).resources.every(
        ({ sync }: { sync: { mode: string } }) => sync.mode === 'webhook',
      )
    await until(isWatched, watched => watched)
    await sandbox.mutate('event.create', 'event.summary=Before')
    await until(told, titles => titles.length === 1)

    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL')
    // Nobody hears of this one: the channel that there is leads nowhere.
    await sandbox.mutate('event.create', 'event.summary=Between')
    await until(publicUrl, url => url !== null && url !== first)
    // An address that changes all the time asks Google for no more than one channel a minute.
    await until(told, titles => titles.length === 2, PATIENCE_MS)
    await until(isWatched, watched => watched, PATIENCE_MS)
    await sandbox.mutate('event.create', 'event.summary=After')
    await until(told, titles => titles.length === 3)
    expect(await told()).toEqual(['New: After', 'New: Before', 'New: Between'])

    const { notifications } = await readJson(home, 'notifications list --provider google-calendar --limit 100')
    // The last one came by a notification, not because it was looked for.
    expect(notifications.length).toBeGreaterThanOrEqual(2)
    const { subscriptions } = await readJson(home, 'subscriptions list')
    expect(subscriptions.filter(({ state }: { state: string }) => state === 'active')).toHaveLength(1)
  },
)
