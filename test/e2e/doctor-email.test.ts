import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeHome, startAgentProcess } from '../support/cli.ts'
import { diagnose } from '../support/doctor.ts'
import { freePort } from '../support/free-port.ts'
import { openMailServer } from '../support/mail-server.ts'
import { tempDir } from '../support/temp-dir.ts'

it('says that no mail server is there, and that it is mended by the right URL', async () => {
  const home = makeHome()
  const wrong = await startAgentProcess(home, [], { EC_SMTP_URL: `smtp://localhost:${await freePort()}` })
  expect((await diagnose(home)).find('email.smtp')).toMatchObject({
    status: 'fail',
    detail: expect.stringContaining('mail server'),
    hint: 'correct `smtp.url` with `ec setup email`',
  })
  await wrong.stop()
  const server = await openMailServer()
  await startAgentProcess(home, [], { EC_SMTP_URL: server.url })
  expect((await diagnose(home)).find('email.smtp').status).toBe('ok')
  expect(server.received).toEqual([])
})

it('says that a login is refused', async () => {
  const home = makeHome()
  const server = await openMailServer({ login: { user: 'ec', password: 'right' } })
  await startAgentProcess(home, [], { EC_SMTP_URL: `smtp://ec:wrong@localhost:${server.port}` })
  expect((await diagnose(home)).find('email.smtp')).toMatchObject({
    status: 'fail',
    detail: expect.stringContaining('535'),
  })
})

it('says that mail has no sender, until there is one', async () => {
  const home = makeHome()
  const env = { EC_SMTP_URL: 'smtp://mail.example.invalid' }
  const without = await startAgentProcess(home, [], env)
  expect((await diagnose(home)).find('email.from')).toMatchObject({
    status: 'fail',
    hint: 'set `smtp.from`, as EventCenter <ec@example.org>',
  })
  await without.stop()
  await startAgentProcess(home, [], { ...env, EC_SMTP_FROM: 'EventCenter <ec@example.org>' })
  expect((await diagnose(home)).find('email.from')).toMatchObject({ status: 'ok', detail: 'ec@example.org' })
})

it('says that a key for DKIM cannot be read, belongs to another domain, or is not published', async () => {
  const home = makeHome()
  const server = await openMailServer()
  const file = join(tempDir(), 'dkim.pem')
  const dkim = {
    EC_SMTP_URL: server.url,
    EC_SMTP_FROM: 'ec@example.invalid',
    EC_EMAIL_DKIM_DOMAIN: 'example.invalid',
    EC_EMAIL_DKIM_SELECTOR: 'ec',
    EC_EMAIL_DKIM_KEY_FILE: file,
  }
  const look = async (env: Readonly<Record<string, string>>) => {
    const agent = await startAgentProcess(home, [], env)
    const found = (await diagnose(home)).find('email.dkim')
    await agent.stop()
    return found
  }
  expect(await look(dkim)).toMatchObject({
    status: 'fail',
    detail: expect.stringContaining(file),
    hint: 'correct `email.dkim`; mail goes out unsigned',
  })
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  expect(await look({ ...dkim, EC_SMTP_FROM: 'ec@other.example' })).toMatchObject({
    status: 'warn',
    hint: 'let `email.dkim.domain` be the domain of `smtp.from`',
  })
  expect(await look(dkim)).toMatchObject({
    status: 'warn',
    detail: 'no key was found at ec._domainkey.example.invalid',
    hint: 'publish the key in DNS as docs/email.md says',
  })
})

it('says which template is broken, and that it is mended while the agent runs', async () => {
  const home = makeHome()
  const server = await openMailServer()
  const folder = join(tempDir(), 'templates')
  mkdirSync(folder)
  const template = join(folder, 'job.done.text.eta')
  writeFileSync(template, '<%= it.nothing.here %>')
  await startAgentProcess(home, [], { EC_SMTP_URL: server.url, EC_EMAIL_TEMPLATES: folder })
  expect((await diagnose(home)).find('email.templates')).toMatchObject({
    status: 'fail',
    detail: expect.stringContaining('job.done.text.eta'),
    hint: 'mend the template, then look at it with `ec email preview`',
  })
  writeFileSync(template, 'Done.')
  expect((await diagnose(home)).find('email.templates').status).toBe('ok')
})

it('says that mail has no links until people can reach the pages', async () => {
  const home = makeHome()
  const server = await openMailServer()
  const hidden = await startAgentProcess(home, [], { EC_SMTP_URL: server.url })
  expect((await diagnose(home)).find('email.links')).toMatchObject({
    status: 'warn',
    hint: 'start the agent with --public-url, and add `pages` to `public.expose`',
  })
  await hidden.stop()
  await startAgentProcess(home, ['--public-url', 'https://ec.example.org'], {
    EC_SMTP_URL: server.url,
    EC_PUBLIC_PORT: '0',
    EC_PUBLIC_EXPOSE: 'pages',
  })
  expect((await diagnose(home)).find('email.links')).toMatchObject({
    status: 'ok',
    detail: expect.stringContaining('https://ec.example.org'),
  })
})
