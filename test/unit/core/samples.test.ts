import { describe, expect, it } from 'vitest'
import { BUILT_IN_TYPES } from '#ec/core/event.js'
import { parseEvent } from '#ec/core/event-schema.js'
import { SAMPLES, sampleOf } from '#ec/core/samples.js'

describe('samples', () => {
  it('are there for every built-in type and for no other', () => {
    expect(Object.keys(SAMPLES).sort()).toEqual([...BUILT_IN_TYPES].sort())
    expect(sampleOf('task.created')).toBeNull()
    expect(sampleOf('constructor')).toBeNull()
  })

  it.each(BUILT_IN_TYPES)('of %s is a valid event and says that it is a test', type => {
    const sample = SAMPLES[type]
    expect(parseEvent({ ...sample, user_id: 'me', type })).toMatchObject({ ok: true })
    expect(sample.title).toMatch(/^Test: /)
    expect(sample.data.test).toBe(true)
  })
})
