import { describe, expect, it } from 'vitest'
import { compareSpecificity, isTypePattern, matchesType } from '#ec/core/type-pattern.js'

describe('a type pattern', () => {
  it.each([
    ['task.*', 'task.created', true],
    ['task.*', 'task.step.done', true],
    ['task.*', 'task', false],
    ['task.*', 'tasks.created', false],
    ['task.created', 'task.created', true],
    ['task.created', 'task.created.late', false],
    ['*', 'anything.at.all', true],
  ])('%s against %s: %s', (pattern, type, expected) => {
    expect(matchesType(pattern, type)).toBe(expected)
  })

  it.each(['task.*', '*', 'task.created', 'a-b.c_d.*'])('takes %s', text => expect(isTypePattern(text)).toBe(true))
  it.each(['', 'task.', '.*', 'task*', '*.done', 'task.*.done', 'a b', `${'x'.repeat(130)}.*`])('refuses %j', text =>
    expect(isTypePattern(text)).toBe(false),
  )

  it('sorts the more specific first', () => {
    const sorted = ['*', 'task.*', 'task.created', 'task.urgent.*'].sort(compareSpecificity)
    expect(sorted).toEqual(['task.created', 'task.urgent.*', 'task.*', '*'])
  })
})
