import { expect, it } from 'vitest'
import { formatPlace, positionIn } from '#ec/agent/activity/place.js'

it.each([
  ['behind it in the same epoch', 'e-1.12.7', '12.7'],
  ['anew in another epoch', 'e-2.12.7', null],
  ['anew in one that only begins like it', 'e-10.12.7', null],
  ['anew for who was told nothing', null, null],
])('reads on %s', (_, cursor, position) => {
  expect(positionIn('e-1', cursor)).toBe(position)
})

it('is read as it was written', () => {
  expect(positionIn('e', formatPlace({ epoch: 'e', position: '3.4' }))).toBe('3.4')
})
