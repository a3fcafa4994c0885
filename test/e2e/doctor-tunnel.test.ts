import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeHome, runCli, startAgentProcess } from '../support/cli.ts'
import { diagnose } from '../support/doctor.ts'
import { until } from '../support/until.ts'

/** A home with a program on its path that has the name of a tunnel. */
function makeTunnelHome(program: string) {
  const home = makeHome()
  const bin = join(home.dir, 'bin')
  mkdirSync(bin)
  if (program !== '') {
    writeFileSync(join(bin, 'cloudflared'), program)
    chmodSync(join(bin, 'cloudflared'), 0o755)
  }
  return { ...home, env: { ...home.env, PATH: bin } }
}

const SAYS_AN_ADDRESS = `#!${process.execPath}
console.error('INF |  https://four-words-of-it.trycloudflare.com  |')
setInterval(() => {}, 1000)
`

it('names the address of a tunnel, which the agent takes for its public URL', async () => {
  const home = makeTunnelHome(SAYS_AN_ADDRESS)
  await startAgentProcess(home, ['--tunnel', 'cloudflared'])
  const found = await until(
    () => diagnose(home),
    diagnosis => diagnosis.find('public.tunnel').status === 'ok',
  )
  expect(found.find('public.tunnel').detail).toBe('cloudflared: https://four-words-of-it.trycloudflare.com')
  const status = JSON.parse((await runCli(home, ['status', '--json'])).stdout)
  expect(status).toMatchObject({ public_url: 'https://four-words-of-it.trycloudflare.com' })
  // What a tunnel leads to is a door of its own.
  expect(status.public_port).not.toBe(Number(new URL(status.url).port))
})

it('says where a tunnel is had that is not installed', async () => {
  const home = makeTunnelHome('')
  await startAgentProcess(home, ['--tunnel', 'cloudflared'])
  expect((await diagnose(home)).find('public.tunnel')).toMatchObject({
    status: 'fail',
    detail: 'cloudflared: it cannot be started (ENOENT)',
    hint: expect.stringContaining('install it from https://developers.cloudflare.com/'),
  })
})
