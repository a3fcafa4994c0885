import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeHome, runCli } from '../support/cli.ts'
import { diagnose, FREE_PORT } from '../support/doctor.ts'
import { freePort } from '../support/free-port.ts'

describe('`ec doctor` without an agent', () => {
  it('finds nothing wrong on a machine where nothing was started yet, and makes nothing', async () => {
    const home = makeHome()
    const port = await freePort()
    const found = await diagnose(home, [], { env: { EC_HTTP_PORT: String(port) } })
    expect(found.ok).toBe(true)
    expect(found.find('node.version')).toMatchObject({ status: 'ok', detail: process.versions.node })
    expect(found.find('node.sqlite')).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/^better-sqlite3 \d/),
    })
    expect(found.find('data.folder')).toMatchObject({ status: 'warn' })
    expect(found.find('agent.reachable')).toMatchObject({ status: 'skip', hint: expect.stringContaining('`ec agent`') })
    expect(found.find('port.http')).toMatchObject({ status: 'ok', detail: `127.0.0.1:${port}` })
    expect(existsSync(home.dataDir)).toBe(false)
    expect(found.stderr).toBe('')
  })

  it('prints a line a check, one next step under what is not right, and sums up in the last line', async () => {
    const home = makeHome()
    mkdirSync(home.dataDir, { recursive: true, mode: 0o755 })
    chmodSync(home.dataDir, 0o755)
    const { code, stdout } = await runCli(home, ['doctor'], { env: FREE_PORT })
    expect(code).toBe(0)
    expect(stdout).toContain(`warn  the data folder is closed to others: ${home.dataDir} is 755, not 700\n`)
    expect(stdout).toContain('      next: run `ec doctor --fix`\n')
    expect(stdout).toMatch(/\n\n\d+ checks: \d+ ok, 1 warn, \d+ skip\n$/)
    expect(statSync(home.dataDir).mode & 0o777).toBe(0o755)
  })

  it('exits with 5 when a check fails, and says on stderr which step comes next', async () => {
    const home = makeHome()
    writeFileSync(join(home.configDir, 'ec.config.yaml'), 'htp: { port: 9000 }\n')
    const plain = await runCli(home, ['doctor'], { env: FREE_PORT })
    expect(plain.code).toBe(5)
    expect(plain.stdout).toMatch(/\d+ checks: .*1 fail.*\n$/)
    expect(plain.stderr).toContain('(EC_CHECK_FAILED)\nnext: correct ')
    const json = await diagnose(home)
    expect(JSON.parse(json.stderr)).toMatchObject({ code: 'EC_CHECK_FAILED', exit: 5, failed: ['config.valid'] })
  })
})
