import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createFalseClock, whyNoFalseClock } from '../durability/false-clock.ts'
import { tell } from '../durability/tell.ts'
import { makeHome, startAgentProcess } from '../support/cli.ts'
import { diagnose } from '../support/doctor.ts'
import { freePort } from '../support/free-port.ts'
import { tempDir } from '../support/temp-dir.ts'

const noClock = whyNoFalseClock()
if (noClock !== null) tell(`no clock is set: ${noClock}`)

describe('the agent', () => {
  it('merges what the agent knows, and finds its own port taken by itself', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    const { port } = new URL(agent.ready.url)
    const found = await diagnose(home, [], { env: { EC_HTTP_PORT: port } })
    expect(found.ok).toBe(true)
    expect(found.find('agent.reachable')).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining(agent.ready.url),
    })
    expect(found.find('port.http')).toMatchObject({ status: 'ok', detail: `our agent listens on ${port}` })
    for (const code of ['store.integrity', 'store.writer', 'clock.steady', 'jobs.dead', 'jobs.backlog']) {
      expect(found.find(code).status).toBe('ok')
    }
    expect(found.find('store.file').status).toBe('ok')
  })

  it('removes what a killed agent left, only once nobody stands behind it, and the agent starts again', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    const left = [agent.ready.socket, join(home.dataDir, 'agent.json')]
    // Under a living agent it has nothing to do with them.
    expect((await diagnose(home, ['--fix'])).find('agent.leftovers').status).toBe('ok')
    for (const path of left) expect(existsSync(path)).toBe(true)

    await agent.stop('SIGKILL')
    expect((await diagnose(home)).find('agent.leftovers')).toMatchObject({
      status: 'warn',
      detail: `an agent that was killed left ${left.join(' and ')}`,
      hint: 'run `ec doctor --fix`',
    })
    const mended = await diagnose(home, ['--fix'])
    expect(mended.find('agent.leftovers')).toMatchObject({
      status: 'ok',
      fix: { done: true, steps: left.map(path => `${path}: stale -> removed`) },
    })
    for (const path of left) expect(existsSync(path)).toBe(false)
    expect((await diagnose(home)).find('agent.leftovers').status).toBe('ok')
    await startAgentProcess(home)
  })

  it('says that an agent hangs, ends in time all the same, and leaves its files alone', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    agent.child.kill('SIGSTOP')
    const found = await diagnose(home, ['--fix'])
    expect(found.find('agent.reachable')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('does not answer in time'),
      hint: 'restart the agent',
    })
    if (process.platform === 'linux') {
      expect(found.find('agent.reachable').detail).toContain(`process ${agent.child.pid}`)
    }
    expect(existsSync(agent.ready.socket)).toBe(true)
  })

  it('says that an agent far away is not there', async () => {
    const port = await freePort()
    const found = await diagnose(makeHome(), ['--url', `http://127.0.0.1:${port}`])
    expect(found.find('agent.reachable')).toMatchObject({ status: 'fail', hint: 'check the URL' })
    expect(found.find('data.folder')).toMatchObject({ status: 'skip', hint: 'run `ec doctor` there' })
  })
})

describe('the clock of a running agent', () => {
  it.skipIf(noClock !== null)('jumps, and is to be kept by a time service', async () => {
    const home = makeHome()
    const clock = createFalseClock(join(tempDir(), 'clock'))
    await startAgentProcess(home, [], clock.env)
    expect((await diagnose(home)).find('clock.steady').status).toBe('ok')
    clock.set(3 * 3600)
    await expect
      .poll(async () => (await diagnose(home)).find('clock.steady'), { timeout: 30_000 })
      .toMatchObject({
        status: 'warn',
        detail: 'it jumped 180 min forward; nothing was lost',
        hint: 'let a time service keep it',
      })
  })
})
