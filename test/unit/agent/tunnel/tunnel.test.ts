import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Tunnel, type TunnelOptions } from '#ec/agent/tunnel/tunnel.js'
import { silentLog } from '#ec/core/log.js'
import { FakeClock } from '../../../support/fake-clock.js'
import { tempDir } from '../../../support/temp-dir.js'
import { until as poll } from '../../../support/until.js'

const until = (look: () => boolean) => poll(look, Boolean)

/**
 * A program that behaves as cloudflared does where a test can see it: it takes its arguments, says where it begins on
 * stderr in the middle of a box, and runs until it is told to stop. Its name counts how often it was started.
 */
const CLOUDFLARED = `#!${process.execPath}
const { appendFileSync, readFileSync } = require('node:fs')
appendFileSync(process.env.HOME + '/starts', JSON.stringify({ argv: process.argv.slice(2), env: Object.keys(process.env) }) + '\\n')
const nth = readFileSync(process.env.HOME + '/starts', 'utf8').trim().split('\\n').length
process.stderr.write('2026-01-05T09:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...\\n')
process.stderr.write('2026-01-05T09:00:01Z INF +-----------+\\n')
process.stderr.write('2026-01-05T09:00:01Z INF |  https://some-words-' + nth + '.trycloudflare.com   |\\n')
process.on('SIGTERM', () => process.exit(0))
process.on('SIGUSR1', () => process.exit(1))
setInterval(() => {}, 1000)
`

const NGROK = `#!${process.execPath}
console.log(JSON.stringify({ lvl: 'info', msg: 'starting web service', addr: '127.0.0.1:4040' }))
console.log(JSON.stringify({ lvl: 'info', msg: 'started tunnel', name: 'command_line', url: 'https://abc.ngrok-free.app' }))
setInterval(() => {}, 1000)
`

function build(over: Partial<TunnelOptions> = {}, program = CLOUDFLARED, name = 'cloudflared') {
  const dir = tempDir()
  const file = join(dir, name)
  writeFileSync(file, program)
  chmodSync(file, 0o755)
  const clock = new FakeClock()
  const addresses: (string | null)[] = []
  const tunnel = new Tunnel({
    kind: 'cloudflared',
    target: 'http://127.0.0.1:8788',
    env: { PATH: dir, HOME: dir, EC_MASTER_KEY: 'a secret', GH_PAT: 'another' },
    clock,
    random: () => 1,
    log: silentLog,
    reaches: () => Promise.resolve(true),
    changed: url => void addresses.push(url),
    ...over,
  })
  onTestFinished(() => tunnel.stop())
  tunnel.start()
  const starts = () =>
    readFileSync(join(dir, 'starts'), 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
  return { tunnel, clock, addresses, starts }
}

describe('a tunnel', () => {
  it('says where it begins, and is given what it needs and nothing of ours', async () => {
    const { tunnel, addresses, starts } = build()
    await until(() => tunnel.url !== null)
    expect(tunnel.url).toBe('https://some-words-1.trycloudflare.com')
    expect(addresses).toEqual(['https://some-words-1.trycloudflare.com'])
    expect(tunnel.check()).toMatchObject({ code: 'public.tunnel', status: 'ok' })
    const [{ argv, env }] = starts()
    expect(argv).toEqual(['tunnel', '--no-autoupdate', '--url', 'http://127.0.0.1:8788'])
    expect(env).not.toContain('EC_MASTER_KEY')
    expect(env).not.toContain('GH_PAT')
  })

  it('is started anew when its program ends, and tells of the new address', async () => {
    let reached = true
    const { tunnel, clock, addresses, starts } = build({ reaches: () => Promise.resolve(reached) })
    await until(() => tunnel.url !== null)
    // What leads nowhere is ended, after three looks.
    reached = false
    clock.advance(15_000)
    for (let i = 0; i < 2; i++) {
      await until(() => tunnel.check().status === 'warn')
      clock.advance(20_000)
    }
    await until(() => tunnel.url === null)
    expect(tunnel.check()).toMatchObject({ status: 'fail' })
    reached = true
    await until(() => {
      clock.advance(1_000)
      return tunnel.url !== null
    })
    expect(addresses).toEqual([
      'https://some-words-1.trycloudflare.com',
      null,
      'https://some-words-2.trycloudflare.com',
    ])
    expect(starts()).toHaveLength(2)
  })

  it('is looked at when the machine has slept', async () => {
    const asked: string[] = []
    const { tunnel, clock } = build({
      reaches: url => {
        asked.push(url)
        return Promise.resolve(true)
      },
    })
    await until(() => tunnel.url !== null)
    clock.advance(15_000)
    await until(() => asked.length === 1)
    tunnel.lookSoon()
    clock.advance(1_000)
    await until(() => asked.length === 2)
  })

  it('says how to get a program that is not there, and tries again later', async () => {
    const { tunnel, clock, addresses } = build({ env: { PATH: tempDir() } })
    await until(() => tunnel.check().detail?.includes('cannot be started') === true)
    expect(tunnel.check()).toMatchObject({ status: 'fail', hint: expect.stringContaining('install it from') })
    clock.advance(600_000)
    await until(() => tunnel.check().detail?.includes('cannot be started') === true)
    expect(addresses).toEqual([])
  })

  it('of ngrok is read from its JSON lines', async () => {
    const { tunnel } = build({ kind: 'ngrok' }, NGROK, 'ngrok')
    await until(() => tunnel.url !== null)
    expect(tunnel.url).toBe('https://abc.ngrok-free.app')
  })

  it('leaves no process behind', async () => {
    const { tunnel, clock, starts, addresses } = build()
    await until(() => tunnel.url !== null)
    await tunnel.stop()
    clock.advance(3_600_000)
    expect(starts()).toHaveLength(1)
    expect(addresses).toHaveLength(1)
  })
})
