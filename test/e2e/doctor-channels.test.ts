import { randomBytes } from 'node:crypto'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeHome, runCli, startAgentProcess } from '../support/cli.ts'
import { diagnose } from '../support/doctor.ts'

it('says that a command may not be run, and that it is well once that is mended', async () => {
  const home = makeHome()
  const script = join(home.dir, 'page-me')
  writeFileSync(script, '#!/bin/sh\n', { mode: 0o600 })
  await startAgentProcess(home, [], { EC_CHANNELS_EXEC: JSON.stringify([{ name: 'pager', command: [script] }]) })
  expect((await diagnose(home)).find('channels.exec')).toMatchObject({
    status: 'fail',
    detail: `pager: ${script} may not be run; \`chmod +x\` lets it`,
  })
  chmodSync(script, 0o700)
  expect((await diagnose(home)).find('channels.exec')).toMatchObject({ status: 'ok', detail: '1 set up' })

  await runCli(home, ['channels', 'disable', 'pager'])
  const { status, hint } = (await diagnose(home)).find('channels.exec')
  expect(status).toBe('warn')
  const advice = /`ec (channels enable pager)`/.exec(hint ?? '')?.[1] ?? ''
  expect((await runCli(home, advice.split(' '))).code).toBe(0)
  expect((await diagnose(home)).find('channels.exec').status).toBe('ok')
})

it('says that a webhook has no secret, and that it is well once there is one', async () => {
  const home = makeHome()
  const file = join(home.dir, 'hook.secret')
  const hook = { name: 'hook', url: 'https://hooks.example.invalid/', secret_file: file }
  await startAgentProcess(home, [], { EC_CHANNELS_WEBHOOK: JSON.stringify([hook]) })
  expect((await diagnose(home)).find('channels.webhook')).toMatchObject({
    status: 'fail',
    detail: `hook: ${file} cannot be read`,
  })
  writeFileSync(file, `whsec_${randomBytes(32).toString('base64')}`, { mode: 0o600 })
  expect((await diagnose(home)).find('channels.webhook').status).toBe('ok')
})

it('says nothing of channels that nobody has set up', async () => {
  const home = makeHome()
  await startAgentProcess(home)
  const codes = (await diagnose(home)).checks.map(({ code }) => code)
  expect(codes.filter(code => code.startsWith('channels.'))).toEqual([])
})
