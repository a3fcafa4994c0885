import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { makeHome, runCli, startAgentProcess } from '../support/cli.ts'
import { openMailServer } from '../support/mail-server.ts'

describe('ec setup email', () => {
  it('keeps a mail server that takes us, beside what stands there already, for its owner alone', async () => {
    const home = makeHome()
    const file = join(home.configDir, 'ec.config.yaml')
    writeFileSync(file, '# mine\nuser: ana\n')
    const server = await openMailServer({ login: { user: 'ec@example.org', password: 'p@ss' } })
    const args = ['setup', 'email', '--smtp', server.url, '--from', 'Event Center <ec@example.org>']
    const tried = await runCli(home, [...args, '--dry-run'])
    expect(tried).toMatchObject({ code: 0, stderr: expect.stringContaining('would be kept') })
    expect(readFileSync(file, 'utf8')).toBe('# mine\nuser: ana\n')

    const kept = await runCli(home, args)
    expect(kept).toMatchObject({ code: 0, stderr: expect.stringContaining('takes mail from ec@example.org') })
    expect(readFileSync(file, 'utf8')).toMatch(/^# mine\nuser: ana\nsmtp:\n {2}url: smtp:/)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const shown = await runCli(home, ['config', 'list'])
    expect(shown.stdout).not.toContain('p%40ss')
    expect(shown.stdout).toContain('Event Center <ec@example.org>')
  })

  it('keeps nothing of a server that does not take us', async () => {
    const home = makeHome()
    const server = await openMailServer({ login: { user: 'ec', password: 'right' } })
    const from = ['--from', 'ec@example.org']
    const wrong = await runCli(home, ['setup', 'email', '--smtp', server.url.replace('right', 'wrong'), ...from])
    expect(wrong).toMatchObject({ code: 4, stderr: expect.stringContaining('535') })
    expect(wrong.stderr).not.toContain('wrong@')
    await server.close()
    expect((await runCli(home, ['setup', 'email', '--smtp', server.url, ...from])).code).toBe(4)
    expect((await runCli(home, ['config', 'list'])).stdout).not.toContain('127.0.0.1:' + server.port)
  })

  it.each([
    [[], '--smtp is missing'],
    [['--smtp', 'mail.example.org'], '--smtp takes'],
    [['--smtp', 'smtp://mail.example.org', '--from', 'nobody'], '--from takes'],
    [['--smtp', 'smtp://mail.example.org'], '--from is missing'],
  ])('refuses %j before it connects', async (args, said) => {
    const result = await runCli(makeHome(), ['setup', 'email', ...args])
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining(said) })
  })

  it('takes the server from EC_SMTP_URL, so that no password stands on the command line', async () => {
    const home = makeHome()
    const server = await openMailServer()
    const env = { EC_SMTP_URL: server.url }
    expect((await runCli(home, ['setup', 'email', '--json'], { env })).stdout).toContain('"from":"ec@localhost"')
  })
})

describe('ec email', () => {
  it('sends a test, says what the server answered, and lifts what was suppressed', async () => {
    const home = makeHome()
    const server = await openMailServer()
    const agent = await startAgentProcess(home, [], { EC_SMTP_URL: server.url })
    const none = await runCli(home, ['email', 'test', '--user', 'ana'])
    expect(none).toMatchObject({ code: 6, stderr: expect.stringContaining('no address') })
    await runCli(home, ['users', 'set', 'ana', '--email', 'ana@example.net', '--lang', 'ru'])
    const sent = await runCli(home, ['email', 'test', '--user', 'ana'])
    expect(sent).toMatchObject({ code: 0, stderr: expect.stringContaining('a…@example.net') })
    expect(server.received[0]?.parsed.subject).toBe('EventCenter доставляет вам почту')

    server.script({ recipient: '550 5.1.1 no such user' })
    const refused = await runCli(home, ['email', 'test', '--user', 'ana'])
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('550 5.1.1 no such user') })
    const listed = JSON.parse((await runCli(home, ['email', 'suppressed', '--json'])).stdout)
    expect(listed.suppressed).toMatchObject([{ address: 'ana@example.net' }])
    const told = await runCli(home, ['events', 'list', '--user', 'me', '--json'])
    expect(told.stdout).toContain('An address takes no mail any more')
    expect(await runCli(home, ['email', 'lift', 'Ana@example.net'])).toMatchObject({ code: 0 })
    expect((await runCli(home, ['email', 'suppressed'])).stderr).toContain('no address is suppressed')
    expect((await runCli(home, ['email', 'lift', 'ana@example.net'])).code).toBe(6)

    // The ledger is written once a second.
    const calls = async () => (await runCli(home, ['calls', '--json'])).stdout
    await vi.waitFor(async () => expect(await calls()).toContain('"provider":"smtp"'), { timeout: 10_000 })
    const checks = JSON.parse((await runCli(home, ['doctor', '--json'])).stdout).checks
    const found = Object.fromEntries(checks.map(({ code, status }: Record<string, string>) => [code, status]))
    expect(found).toMatchObject({ 'email.smtp': 'ok', 'email.from': 'ok', 'email.links': 'warn' })
    expect(await agent.stop()).toBe(0)
  })

  it('shows a mail without an agent, with templates of one’s own', async () => {
    const home = makeHome()
    const args = ['email', 'preview', '--type', 'action.required', '--service', 'notes', '--lang', 'es']
    const plain = await runCli(home, args)
    expect(plain.code).toBe(0)
    expect(plain.stdout).toContain('Subject: Test: publish the nightly report?')
    expect(plain.stdout).toContain('Elige un borrador')
    expect(JSON.parse((await runCli(home, [...args, '--json'])).stdout)).toHaveProperty('headers.messageId')
    expect((await runCli(home, [...args, '--open', 'mail.html'])).code).toBe(0)
    expect(readFileSync(join(home.cwd, 'mail.html'), 'utf8')).toContain('<!doctype html>')

    writeFileSync(join(home.dir, 'job.done.text.eta'), 'OURS <%= it.title %>')
    const env = { EC_EMAIL_TEMPLATES: home.dir }
    const own = await runCli(home, ['email', 'preview', '--type', 'job.done', '--text'], { env })
    expect(own).toMatchObject({ code: 0, stdout: expect.stringContaining('OURS Test: the nightly report is ready') })
    writeFileSync(join(home.dir, 'job.done.text.eta'), '<%= it.no.such %>')
    const broken = await runCli(home, ['email', 'preview', '--type', 'job.done', '--text'], { env })
    expect(broken).toMatchObject({ code: 1, stderr: expect.stringContaining('job.done.text.eta') })
    expect(broken.stdout).toContain('the nightly report is ready')
  })
})
