import { describe, expect, it } from 'vitest'
import { takesType, takesUser } from '#ec/agent/dispatch/outlets/takes.js'

describe('an outlet', () => {
  it.each([
    [undefined, 'deploy.done', true],
    [undefined, 'job.progress', false],
    [['*'], 'job.progress', false],
    [['job.*'], 'job.progress', false],
    [['job.*'], 'job.done', true],
    [['job.progress'], 'job.progress', true],
    [['deploy.*', 'task.created'], 'task.created', true],
    [['deploy.*', 'task.created'], 'task.created.twice', false],
  ])('with the types %j and an event %s: %s', (types, type, takes) => {
    expect(takesType({ name: 'it', types }, type)).toBe(takes)
  })

  it('is for everybody, or for those whom it names', () => {
    expect(takesUser({ name: 'it' }, 'ann')).toBe(true)
    expect(takesUser({ name: 'it', users: ['ann'] }, 'ann')).toBe(true)
    expect(takesUser({ name: 'it', users: ['ann'] }, 'bob')).toBe(false)
  })
})
