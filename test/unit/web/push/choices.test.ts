import { describe, expect, it } from 'vitest'
import { openChoices } from '../../../../web/push/choices.ts'

describe('what the person decided', () => {
  it('is kept, for other tabs too', () => {
    const kept = new Map<string, string>()
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    }
    const [one, other] = [openChoices(storage), openChoices(storage)]
    expect([one.isOff, one.putOffAt]).toEqual([false, null])
    one.putOff(7)
    other.setOff(true)
    expect([one.isOff, one.putOffAt, other.putOffAt]).toEqual([true, 7, 7])
  })

  it('lasts as long as the page where nothing can be kept', () => {
    for (const storage of [null, { getItem: fails, setItem: fails }]) {
      const choices = openChoices(storage)
      choices.setOff(true)
      choices.putOff(7)
      expect([choices.isOff, choices.putOffAt]).toEqual([true, 7])
    }
  })

  it('is nothing when something else stands there', () => {
    for (const text of ['null', '7', '{', '{"off":"yes","putOffAt":"now"}']) {
      const choices = openChoices({ getItem: () => text, setItem: () => {} })
      expect([choices.isOff, choices.putOffAt]).toEqual([false, null])
    }
  })
})

function fails(): never {
  throw new Error('forbidden')
}
