import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { beforeEach, describe, expect, it } from 'vitest'
import { finish, makeHome, runCli, startCli, type Home } from '../support/cli.ts'
import type { Parsed } from '../support/sandbox.ts'
import { until } from '../support/until.ts'

let home: Home
beforeEach(() => {
  home = makeHome()
})

async function start(...flags: readonly string[]) {
  const child = startCli(home, ['agent', '--no-tui', '--port', '0', ...flags])
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return { child, ready: JSON.parse(String(line)) }
}

async function ask(line: string): Promise<Parsed> {
  const { code, stdout, stderr } = await runCli(home, [...line.split(' '), '--json'])
  expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: '' })
  return JSON.parse(stdout)
}

const synced = (rows: Parsed) =>
  rows.resources.length === 5 && rows.resources.every((one: Parsed) => one.state === 'healthy')

describe('ec agent --sandbox', () => {
  it('shows the whole flow alive without an account: green health, events, and a counter with its saving', async () => {
    const { child, ready } = await start('--sandbox')
    expect(ready).toMatchObject({ type: 'ready', sandbox: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/) })
    // Nothing else runs on this folder, so that is the agent which commands mean.
    expect(await ask('status')).toMatchObject({ sandbox: true, public_url: ready.url })
    await until(() => ask('resources list'), synced)
    const { events } = await until(
      () => ask('events list'),
      ({ events: rows }) => rows.length > 0,
    )
    expect(events[0].type).toMatch(/^(mail\.received|calendar\.event\.)/)
    const { saving } = await until(
      () => ask('calls'),
      calls => calls.saving.old.saved_percent > 50,
    )
    expect(saving).toMatchObject({ watched: 5, pace: 144 })
    expect(await (await fetch(`${ready.url}/inbox`)).text()).toContain('<html lang="en" data-sandbox>')
    // It is as any sandbox is: what happens there can be made to happen.
    await ask('sandbox mutate event.create --set event.summary=Dentist')
    await until(
      () => ask('events list --type calendar.event.created'),
      ({ events: rows }) => rows.some((event: Parsed) => event.title.includes('Dentist')),
    )
    child.kill('SIGTERM')
    expect((await finish(child)).code).toBe(0)
    expect(existsSync(join(home.dataDir, 'sandbox.json'))).toBe(false)
    // What is made up never mixes with what is real.
    expect(readdirSync(home.dataDir)).toEqual(['sandbox'])
  })

  it('begins anew each time, as its providers do, and keeps what it took', async () => {
    for (let i = 0; i < 2; i++) {
      const { child } = await start('--sandbox')
      await until(() => ask('resources list'), synced)
      expect((await ask('accounts list')).accounts).toHaveLength(1)
      if (i === 0) await ask('emit --type job.done --id mine')
      expect((await ask('events list --type job.done')).events.map((event: Parsed) => event.id)).toEqual(['mine'])
      expect((await ask('events list --type system.alert')).events).toEqual([])
      child.kill('SIGTERM')
      await finish(child)
    }
  })

  it('keeps real accounts out', async () => {
    const { child } = await start('--sandbox')
    const { code, stderr } = await runCli(home, ['setup', 'google'])
    expect({ code, stderr }).toMatchObject({ code: 4, stderr: expect.stringContaining('without --sandbox') })
    child.kill('SIGTERM')
    await finish(child)
  })
})

describe('npm start', () => {
  it('is a sandbox as long as nothing is configured, and the agent itself from then on', async () => {
    const first = await start('--sandbox-when-new')
    expect(first.ready).toHaveProperty('sandbox')
    first.child.kill('SIGTERM')
    await finish(first.child)

    const real = await start()
    real.child.kill('SIGTERM')
    await finish(real.child)

    const second = await start('--sandbox-when-new')
    expect(second.ready).not.toHaveProperty('sandbox')
    expect(await ask('status')).toMatchObject({ sandbox: false, resources: 0 })
    second.child.kill('SIGTERM')
    await finish(second.child)
  })
})
