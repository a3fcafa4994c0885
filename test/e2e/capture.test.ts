import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createClient } from '#ec/client.js'
import { parseFixture } from '#ec/core/fixture.js'
import { PROVIDERS } from '#ec/providers/index.js'
import { makeHome, runCli, startAgentProcess } from '../support/cli.ts'
import { readFixtures } from '../support/fixture-files.ts'
import { tempDir } from '../support/temp-dir.ts'

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures')

describe('`ec capture`', () => {
  it.each(Object.keys(PROVIDERS))(
    'makes of a notification of %s a fixture that replays green, on a resource of its own',
    { timeout: 60_000 },
    async provider => {
      const home = makeHome()
      const agent = await startAgentProcess(home)
      const ec = createClient({ socket: agent.ready.socket })
      const file = readFixtures(provider).find(({ fixture: { expect: wanted, secret } }) => {
        return wanted.status < 300 && (wanted.notifications?.length ?? 0) > 0 && secret !== undefined
      })
      if (file === undefined) throw new Error(`${provider} has no fixture that is taken`)
      const { secret, resource } = file.fixture
      const { id } = await ec.resources.add({ provider, user: 'ana', settings: resource.set, secret })
      const path = join(FIXTURES, provider, `${file.name}.json`)
      expect(await runCli(home, ['replay', path, '--resource', id, '--re-sign'])).toMatchObject({ code: 0 })
      const [stored] = (await ec.notifications.list({ resource: id })).notifications
      const captured = await runCli(home, ['capture', stored?.id ?? ''])
      expect(captured).toMatchObject({ code: 0, stderr: expect.stringContaining('look it over') })
      expect(captured.stdout).not.toContain(JSON.stringify(secret).slice(1, -1))
      expect(parseFixture(JSON.parse(captured.stdout))).toMatchObject({ ok: true })

      const copy = join(tempDir(), 'captured.json')
      writeFileSync(copy, captured.stdout)
      const again = await runCli(home, ['replay', copy, '--json'])
      expect(again.stdout).toContain('"result":"ok"')
      expect(again.code).toBe(0)
    },
  )

  it('makes of a refused request one that is refused again', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    const ec = createClient({ socket: agent.ready.socket })
    const secret = 'the secret of the house'
    const { webhook_url: url } = await ec.resources.add({ provider: 'github', user: 'ana', secret })
    const headers = { 'x-github-event': 'push', 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }
    const body = JSON.stringify({ pusher: { name: 'Zoe Quill', email: 'zoe@mail.de' } })
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(401)
    const [refused] = (await ec.notifications.list({ state: 'quarantined' })).notifications
    const captured = await runCli(home, ['capture', refused?.id ?? ''])
    expect(captured.stdout).not.toMatch(/Zoe|zoe@mail/)
    const copy = join(tempDir(), 'captured.json')
    writeFileSync(copy, captured.stdout)
    expect(await runCli(home, ['replay', copy])).toMatchObject({ code: 0 })
  })

  it('says when there is no such notification', async () => {
    const home = makeHome()
    await startAgentProcess(home)
    expect(await runCli(home, ['capture', 'ntf_99'])).toMatchObject({ code: 6, stdout: '' })
  })
})
