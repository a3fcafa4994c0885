import { describe, expect, it } from 'vitest'
import { sayHealth, toneOf } from '#ec/client/say-health.js'
import type { HealthState } from '#ec/core/resource.js'
import { syncRow } from '../../support/screens.ts'

type Row = Parameters<typeof sayHealth>[0]

function row(state: HealthState, sync: Parameters<typeof syncRow>[0], paused = false): Row {
  return { state, paused, sync: syncRow({ complete: true, error: null, held_deletion: null, pass: null, ...sync }) }
}

const POLLED = { mode: 'polling', subscription: null, failure_count: 0, next_step: null } as const

describe('the word for how a resource is doing', () => {
  it.each<readonly [string, Row, ReturnType<typeof sayHealth>]>([
    ['what is paused is paused, whatever else', row('healthy', { mode: 'none', error: 'EC_PROVIDER' }, true), 'paused'],
    ['what nobody reads is stopped, however well it was', row('healthy', { mode: 'none' }), 'stopped'],
    ['what asks a person asks', row('healthy', { held_deletion: { gone: 9, of: 9 } }), 'asks'],
    ['what cannot be read is failing', row('healthy', { error: 'EC_PROVIDER' }), 'failing'],
    ['what is here in part is in its first read', row('starting', { ...POLLED, complete: false }), 'first read'],
    ['what nothing tells of is polled', row('starting', { ...POLLED, next_step: 'start the agent with' }), 'polled'],
    ['what can never be watched is polled', row('disabled', { ...POLLED, failure_count: 1 }), 'polled'],
    ['what was given up is disabled', row('disabled', { ...POLLED, next_step: 'ec resources watch r1' }), 'disabled'],
    ['what failed to be watched is starting still', row('starting', { ...POLLED, failure_count: 2 }), 'starting'],
    ['what is told of changes is healthy', row('healthy', { mode: 'webhook' }), 'healthy'],
  ])('%s', (_, one, word) => {
    expect(sayHealth(one)).toBe(word)
  })

  it('alarms nobody over what is as it has to be', () => {
    expect(toneOf('polled')).toBe('plain')
    expect(toneOf('stopped')).toBe('bad')
  })
})
