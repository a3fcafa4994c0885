import { expect, it } from 'vitest'
import { Cancellation } from '#ec/agent/dispatch/push/cancellation.js'

it('a cancellation tells everybody who listens, once, and keeps the first reason', () => {
  const cancellation = new Cancellation()
  const told: string[] = []
  const leaves = (): void => void told.push('leaves')
  cancellation.add(() => void told.push('a'))
  cancellation.add(leaves)
  cancellation.add(() => void told.push('b'))
  cancellation.remove(leaves)
  expect(cancellation.why).toBeNull()
  cancellation.cancel('deadline')
  cancellation.cancel('aborted')
  expect(cancellation.why).toBe('deadline')
  expect(told).toEqual(['a', 'b'])
})

it('a cancellation survives one that removes itself when it is told', () => {
  const cancellation = new Cancellation()
  let told = 0
  const once = (): void => {
    told += 1
    cancellation.remove(once)
  }
  cancellation.add(once)
  cancellation.add(() => void (told += 1))
  cancellation.cancel('aborted')
  expect(told).toBe(2)
})
