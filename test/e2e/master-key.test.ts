import Database from 'better-sqlite3'
import { createHmac, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeHome, runCli, startAgentProcess, type Home } from '../support/cli.ts'
import { diagnose } from '../support/doctor.ts'

const [one, other] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')]

describe('an agent on a store that was sealed with another master key', () => {
  it('refuses to start, names the key that it read and both ways out, and serves again with the right one', async () => {
    const home = makeHome()
    const resource = await withResource(home, { EC_MASTER_KEY: one })
    const refused = await runCli(home, ['agent', '--port', '0'], { env: { EC_MASTER_KEY: other } })
    expect(refused).toMatchObject({ code: 3, stdout: '' })
    expect(refused.stderr).toContain('(EC_SEAL_BROKEN)')
    expect(refused.stderr).toContain('the master key from EC_MASTER_KEY is not the one that this store was sealed with')
    expect(refused.stderr).toContain(`next: give the right one by EC_MASTER_KEY, or bring ${keyFile(home)} back`)

    const found = await diagnose(home, [], { env: { EC_MASTER_KEY: other } })
    expect(found.find('key.present')).toMatchObject({ status: 'ok', detail: 'from EC_MASTER_KEY' })
    expect(found.find('key.fits')).toMatchObject({
      status: 'fail',
      detail: 'the key from EC_MASTER_KEY does not open what is sealed in the store',
      hint: expect.stringContaining('EC_MASTER_KEY'),
    })
    expect((await diagnose(home, [], { env: { EC_MASTER_KEY: one } })).find('key.fits').status).toBe('ok')
    expect(await receives(home, { EC_MASTER_KEY: one }, resource)).toBe(202)
  })

  it('makes no new key in the place of one that is gone, and starts once that is back', async () => {
    const home = makeHome()
    const resource = await withResource(home)
    const away = `${keyFile(home)}.away`
    renameSync(keyFile(home), away)
    expect((await diagnose(home)).find('key.present')).toMatchObject({
      status: 'fail',
      detail: `${keyFile(home)} is missing, and the store holds secrets that it sealed`,
      hint: expect.stringContaining(`bring ${keyFile(home)} back`),
    })
    const refused = await runCli(home, ['agent', '--port', '0'])
    expect(refused.code).toBe(3)
    expect(refused.stderr).toContain('(EC_SEAL_BROKEN)')
    expect(existsSync(keyFile(home))).toBe(false)
    renameSync(away, keyFile(home))
    expect(await receives(home, {}, resource)).toBe(202)
  })

  it('is refused on a store from before there was a proof too, and its secrets are left as they are', async () => {
    const home = makeHome()
    const resource = await withResource(home)
    withoutProof(home)
    const right = readFileSync(keyFile(home))
    writeFileSync(keyFile(home), `${other}\n`)
    expect((await runCli(home, ['agent', '--port', '0'])).stderr).toContain('(EC_SEAL_BROKEN)')
    expect((await diagnose(home)).find('key.fits')).toMatchObject({
      status: 'fail',
      hint: expect.stringContaining(`bring ${keyFile(home)} back`),
    })
    // A key that was there before stays there, whatever it opens.
    expect(readFileSync(keyFile(home), 'utf8')).toBe(`${other}\n`)
    writeFileSync(keyFile(home), right)
    expect(await receives(home, {}, resource)).toBe(202)
  })

  it('tells of a key file that is damaged or too short', async () => {
    const home = makeHome()
    await withResource(home)
    writeFileSync(keyFile(home), 'short\n')
    expect((await diagnose(home)).find('key.present')).toMatchObject({
      status: 'fail',
      detail: `${keyFile(home)} does not hold a master key`,
      hint: expect.stringContaining('bring the file back from a backup'),
    })
    const variable = await diagnose(home, [], { env: { EC_MASTER_KEY: 'short' } })
    expect(variable.find('key.present')).toMatchObject({
      status: 'fail',
      detail: 'EC_MASTER_KEY is too short for a key',
      hint: expect.stringContaining('openssl rand'),
    })
  })
})

const SECRET = 'a secret that both sides know'

/** A home whose agent has had one resource of GitHub; its id. */
async function withResource(home: Home, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const agent = await startAgentProcess(home, [], env)
  writeFileSync(join(home.dir, 'secret'), SECRET)
  const args = ['resources', 'add', 'github', '--user', 'ana', '--secret-file', join(home.dir, 'secret'), '--json']
  const { code, stdout } = await runCli(home, args)
  expect(code).toBe(0)
  await agent.stop()
  return String(JSON.parse(stdout).id)
}

/** The status that a signed push gets from an agent that is started for it. */
async function receives(home: Home, env: Readonly<Record<string, string>>, resource: string): Promise<number> {
  const agent = await startAgentProcess(home, [], env)
  const body = JSON.stringify({ zen: 'Keep it logically awesome.' })
  const { status } = await fetch(`${agent.ready.url}/webhooks/github/${resource}`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'ping',
      'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958',
      'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
    },
  })
  await agent.stop()
  return status
}

function withoutProof(home: Home): void {
  const db = new Database(join(home.dataDir, 'ec.db'))
  expect(db.prepare(`delete from credentials where name = 'key.proof'`).run().changes).toBe(1)
  db.close()
}

function keyFile(home: Home): string {
  return join(home.dataDir, 'master.key')
}
