import { expect, it } from 'vitest'
import { tellSilent } from '#ec/commands/tell-silent.js'
import { isSilent } from '#ec/core/is-silent.js'

const DEVICE = {
  id: 'dev_1',
  user: 'ann',
  name: 'Phone',
  platform: null,
  locale: null,
  tz: null,
  key_id: 'k1',
  created_at: '2026-01-05T09:00:00.000Z',
  seen_at: '2026-01-05T09:00:00.000Z',
  last_ok_at: null,
  last_error_at: null,
  last_error: null,
  last_shown_at: null,
  unshown: 7,
}

it.each([
  [
    {},
    'Phone: its push service took 7 messages, but it never said that it showed one; `ec devices test dev_1` tries it',
  ],
  [{ name: null, last_shown_at: DEVICE.seen_at }, 'dev_1: its push service took 7 messages, but it has not said'],
])('names the device, what was taken and the next step: %j', (over, sentence) => {
  expect(tellSilent({ ...DEVICE, ...over })).toContain(sentence)
})

it('is said of a device that took five messages without a word, and of none before', () => {
  expect([0, 4, 5, 9].filter(unshown => isSilent({ unshown }))).toEqual([5, 9])
})
