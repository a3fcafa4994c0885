import { spawnSync } from 'node:child_process'
import { getEventListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { joinSignals } from '#ec/core/join-signals.js'

describe('joinSignals', () => {
  it('aborts with the first, and with its reason', () => {
    const [a, b] = [new AbortController(), new AbortController()]
    const { signal } = joinSignals([a.signal, null, undefined, b.signal])
    expect(signal.aborted).toBe(false)
    b.abort('because')
    a.abort('too late')
    expect(signal).toMatchObject({ aborted: true, reason: 'because' })
  })

  it('is aborted from the start with one that is', () => {
    const a = new AbortController()
    a.abort('before')
    expect(joinSignals([a.signal], 60_000).signal).toMatchObject({ aborted: true, reason: 'before' })
  })

  it('aborts after its deadline', async () => {
    const { signal } = joinSignals([new AbortController().signal], 5)
    await new Promise(resolve => signal.addEventListener('abort', resolve))
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' })
  })

  it('leaves nothing behind at those it listened to', async () => {
    const a = new AbortController()
    const joined = Array.from({ length: 100 }, () => joinSignals([a.signal], 5))
    for (const one of joined) one.release()
    expect(getEventListeners(a.signal, 'abort')).toEqual([])
    await sleep(20)
    a.abort()
    expect(joined.filter(({ signal }) => signal.aborted)).toEqual([])
    const ended = new AbortController()
    joinSignals([ended.signal, a.signal])
    expect(getEventListeners(ended.signal, 'abort')).toEqual([])
  })

  it('keeps its deadline and its sources through garbage collections, joined twice', () => {
    const script = `
      const { joinSignals } = await import('#ec/core/join-signals.js')
      const fired = []
      const listen = (name, signal) => signal.addEventListener('abort', () => fired.push(name))
      const outer = joinSignals([joinSignals([new AbortController().signal], 50).signal, new AbortController().signal])
      listen('deadline', outer.signal)
      const source = new AbortController()
      listen('source', joinSignals([joinSignals([source.signal]).signal]).signal)
      for (let i = 0; i < 5; i++) {
        await new Promise(resolve => setTimeout(resolve, 5))
        gc()
      }
      source.abort()
      await new Promise(resolve => setTimeout(resolve, 200))
      console.log(fired.sort().join())
    `
    const args = ['--expose-gc', '--input-type=module', '-e', script]
    expect(spawnSync(process.execPath, args, { encoding: 'utf8' })).toMatchObject({ stdout: 'deadline,source\n' })
  })
})
