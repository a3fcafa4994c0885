import { expect, it } from 'vitest'
import { Slots } from '#ec/agent/dispatch/exec/slots.js'
import { never } from '../../../../support/dispatch-world.js'

it('hands a slot to whoever waits longest, and passes over who has left', async () => {
  const slots = new Slots(1)
  expect(await slots.take(never())).toBe(true)
  const order: string[] = []
  const leaving = new AbortController()
  const first = slots.take(leaving.signal).then(got => order.push(`first ${got}`))
  const second = slots.take(never()).then(got => order.push(`second ${got}`))
  const third = slots.take(never()).then(got => order.push(`third ${got}`))
  leaving.abort()
  await first
  slots.give()
  await second
  slots.give()
  await third
  expect(order).toEqual(['first false', 'second true', 'third true'])
  slots.give()
  expect(await slots.take(never())).toBe(true)
})

it('gives none to whoever has left before', async () => {
  expect(await new Slots(1).take(AbortSignal.abort())).toBe(false)
})
