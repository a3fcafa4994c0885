import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeHome, runCli, type Home } from '../support/cli.ts'
import { diagnose } from '../support/doctor.ts'

describe('the configuration', () => {
  it('names the mistake, its line and the word that was meant, and looks at everything else', async () => {
    const home = makeHome()
    const file = join(home.configDir, 'ec.config.yaml')
    writeFileSync(file, 'user: ana\nhtpp:\n  port: 9000\n')
    const found = await diagnose(home)
    expect(found.find('config.valid')).toMatchObject({
      status: 'fail',
      detail: `${file}:2: htpp is no setting; did you mean http?`,
      hint: `correct ${file}:2`,
    })
    expect(found.find('data.folder').status).toBe('warn')
    expect(found.find('port.http')).toMatchObject({ status: 'skip', hint: 'see `ec config check`' })
  })

  it('counts further mistakes, and leaves telling them to `ec config check`', async () => {
    const home = makeHome()
    writeFileSync(join(home.configDir, 'ec.config.yaml'), 'htpp: {}\nusr: ana\n')
    expect((await diagnose(home)).find('config.valid')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining(', and 1 more'),
      hint: 'see `ec config check`',
    })
  })

  it('says of a file in the working directory what it may not set, until it is trusted', async () => {
    const home = makeHome()
    const file = join(home.cwd, 'ec.config.yaml')
    writeFileSync(file, 'public: { url: https://evil.example }\n')
    const { hint } = (await diagnose(home)).find('config.trust')
    expect((await diagnose(home)).find('config.trust')).toMatchObject({
      status: 'fail',
      detail: `${file} is not trusted to set public.url`,
    })
    await follow(home, hint)
    expect((await diagnose(home)).find('config.trust').status).toBe('ok')
  })

  it('names a variable that nothing reads, and the one that was meant', async () => {
    const found = await diagnose(makeHome(), [], { env: { EC_HTPP_PORT: '9000' } })
    expect(found.find('config.variables')).toMatchObject({
      status: 'warn',
      detail: 'EC_HTPP_PORT is no variable of ec; did you mean EC_HTTP_PORT?',
      hint: 'correct the name, or unset it',
    })
    expect(found.code).toBe(0)
  })

  it('warns of a service that is asked elsewhere, and fails for one in plain http', async () => {
    const home = makeHome()
    const elsewhere = await diagnose(home, [], { env: { EC_GITHUB_BASE_URL: 'https://git.example.org/api/v3' } })
    expect(elsewhere.find('config.endpoints')).toMatchObject({ status: 'warn' })
    const plain = await diagnose(home, [], { env: { EC_GOOGLE_CERTS_URL: 'http://keys.example.org/certs' } })
    expect(plain.find('config.endpoints')).toMatchObject({
      status: 'fail',
      detail: 'EC_GOOGLE_CERTS_URL is http://keys.example.org',
      hint: 'give EC_GOOGLE_CERTS_URL an https URL, or unset it',
    })
  })
})

/** Runs a hint that is a command. */
async function follow(home: Home, hint: string | undefined): Promise<void> {
  const [, command = ''] = /`ec ([^`]*)`/.exec(hint ?? '') ?? []
  expect(await runCli(home, command.split(' '))).toMatchObject({ code: 0 })
}
