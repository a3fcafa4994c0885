import Database from 'better-sqlite3'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ask } from '../durability/operator.ts'
import { makeHome, runCli, startAgentProcess, type Home } from '../support/cli.ts'
import { diagnose } from '../support/doctor.ts'

const EMPTY = ['resources.secret', 'resources.handshake', 'resources.settings', 'resources.refused']

describe('what comes in', () => {
  it('is in order where there are no resources, and where each has what it needs', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    for (const code of EMPTY) expect((await diagnose(home)).find(code).status).toBe('ok')
    await add(home, 'github')
    await add(home, 'gmail', '--set', 'service_account=push@p.iam.gserviceaccount.com', '--set', 'audience=ec')
    for (const code of EMPTY) expect((await diagnose(home)).find(code).status).toBe('ok')
  })

  it('cannot be verified by a resource without a secret', async () => {
    const home = makeHome()
    const { socket } = (await startAgentProcess(home)).ready
    // No command makes such a resource; a service can.
    const resource = { provider: 'github', user: 'ana', name: 'acme', secret: null }
    const { id } = await ask({ socket }, 'POST', '/api/resources', resource)
    expect((await diagnose(home)).find('resources.secret')).toMatchObject({
      status: 'fail',
      detail: `without a secret: acme (${String(id)})`,
      hint: `have another one made, and give it to github: \`ec resources set ${String(id)} --new-secret\``,
    })
    expect(await runCli(home, ['resources', 'set', String(id), '--new-secret'])).toMatchObject({ code: 0 })
    expect((await diagnose(home)).find('resources.secret').status).toBe('ok')
  })

  it('cannot be verified by a resource whose secret another key has sealed', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const [one, two] = [await add(home, 'github', '--name', 'one'), await add(home, 'github', '--name', 'two')]
    const db = new Database(join(home.dataDir, 'ec.db'))
    db.prepare('update resources set secrets = (select secrets from resources where id = ?) where id = ?').run(
      two.id,
      one.id,
    )
    db.close()
    expect((await diagnose(home)).find('resources.secret')).toMatchObject({
      status: 'fail',
      detail: `sealed with another master key: one (${one.id})`,
    })
  })

  it('waits for Notion, until it is too late', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const { id } = await add(home, 'notion', '--name', 'wiki')
    expect((await diagnose(home)).find('resources.handshake')).toMatchObject({
      status: 'warn',
      detail: `waits for its handshake: wiki (${id})`,
      hint: expect.stringContaining(`\`ec resources show ${id}\``),
    })
    const db = new Database(join(home.dataDir, 'ec.db'))
    db.prepare('update resources set created_at = created_at - 16 * 60000').run()
    db.close()
    expect((await diagnose(home)).find('resources.handshake')).toMatchObject({
      status: 'fail',
      detail: `no handshake came within 15 minutes: wiki (${id})`,
      hint: expect.stringContaining('`ec resources add notion --user ana`'),
    })
  })

  it('is refused by a mailbox that does not know who pushes, or for whom', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const { id } = await add(home, 'gmail', '--name', 'mail')
    const judged = async () => (await diagnose(home)).find('resources.settings')
    const set = (pair: string) => runCli(home, ['resources', 'set', id, '--set', pair])
    expect(await judged()).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('the setting service_account is not set'),
      hint: `name it: \`ec resources set ${id} --set service_account=...\``,
    })
    expect(await set('service_account=push@p.iam.gserviceaccount.com')).toMatchObject({ code: 0 })
    expect(await judged()).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('nobody can tell for whom a token should be'),
      hint: `set \`public.url\`, or \`ec resources set ${id} --set audience=...\``,
    })
    expect(await set('audience=ec')).toMatchObject({ code: 0 })
    expect((await judged()).status).toBe('ok')
  })

  it('was refused in the last day, with the reason and the id that tells more', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    const { id } = await add(home, 'github', '--name', 'acme')
    for (const signature of ['sha256=00', `sha256=${'0'.repeat(64)}`, null]) {
      await fetch(`${agent.ready.url}/webhooks/github/${id}`, {
        method: 'POST',
        body: '{}',
        headers: signature === null ? {} : { 'x-hub-signature-256': signature },
      })
    }
    const refused = (await diagnose(home)).find('resources.refused')
    expect(refused).toMatchObject({
      status: 'warn',
      detail: '2 of acme (EC_SIGNATURE_INVALID), 1 of acme (EC_SIGNATURE_MISSING)',
      hint: expect.stringMatching(/^`ec notifications why ntf_\d+` tells of the newest$/),
    })
    const [, why = ''] = /`ec ([^`]*)`/.exec(refused.hint ?? '') ?? []
    const told = await runCli(home, why.split(' '))
    expect(told.code).toBe(0)
    expect(told.stdout).toContain('It was refused with 401: it carries no signature.')

    const db = new Database(join(home.dataDir, 'ec.db'))
    db.prepare(`update notifications set received_at = received_at - 90000000`).run()
    db.close()
    expect((await diagnose(home)).find('resources.refused').status).toBe('ok')
  })

  it('is of no interest once its resource is gone, as those of a replay of fixtures', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    const { id } = await add(home, 'github', '--name', 'acme')
    await fetch(`${agent.ready.url}/webhooks/github/${id}`, { method: 'POST', body: '{}' })
    expect((await diagnose(home)).find('resources.refused').status).toBe('warn')
    expect(await runCli(home, ['resources', 'remove', id])).toMatchObject({ code: 0 })
    expect((await diagnose(home)).find('resources.refused').status).toBe('ok')
  })

  it('was given up after its last attempt', async () => {
    const home = makeHome()
    const first = await startAgentProcess(home)
    await first.stop()
    const db = new Database(join(home.dataDir, 'ec.db'))
    db.prepare(
      `insert into jobs (kind, group_key, priority, state, attempt, max_attempts, run_at, created_at, finished_at, payload)
       values ('notification.process', 'g', 0, 'dead', 4, 4, 0, 0, 0, '{}')`,
    ).run()
    db.close()
    await startAgentProcess(home)
    expect((await diagnose(home)).find('jobs.dead')).toMatchObject({
      status: 'warn',
      detail: '1 dead letters',
      hint: 'see `ec jobs list --state dead`',
    })
  })
})

describe('what the running agent says of itself', () => {
  it('names its master key, and the file that is gone or holds another one', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    const file = join(home.dataDir, 'master.key')
    expect((await diagnose(home)).find('key.present')).toMatchObject({ status: 'ok', detail: `from ${file}` })
    writeFileSync(file, `${Buffer.alloc(32, 1).toString('base64')}\n`)
    expect((await diagnose(home)).find('key.fits')).toMatchObject({
      status: 'fail',
      detail: `${file} holds another key than the agent runs with`,
      hint: expect.stringContaining(`bring ${file} back`),
    })
    rmSync(file)
    expect((await diagnose(home)).find('key.present')).toMatchObject({
      status: 'fail',
      detail: `${file} is gone, and only the running agent has it`,
      hint: expect.stringContaining(`bring ${file} back`),
    })
  })

  it('names an endpoint that it was started with, whatever this shell says', async () => {
    const home = makeHome()
    await startAgentProcess(home, [], { EC_GOOGLE_CERTS_URL: 'https://keys.example.org/certs' })
    expect((await diagnose(home)).find('config.endpoints')).toMatchObject({
      status: 'warn',
      detail: 'EC_GOOGLE_CERTS_URL is https://keys.example.org',
    })
  })
})

async function add(home: Home, provider: string, ...more: readonly string[]): Promise<{ readonly id: string }> {
  const { code, stdout, stderr } = await runCli(home, [
    'resources',
    'add',
    provider,
    '--user',
    'ana',
    ...more,
    '--json',
  ])
  if (code !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}
