import { onceFor } from '#ec/core/once-for.js'
import { describe, expect, it } from 'vitest'

describe('what is worked out once for an object', () => {
  it('is the same for whoever asks again, and another for an object that only looks the same', () => {
    const split = onceFor(({ text }: { readonly text: string }) => text.split(' '))
    const [one, other] = [{ text: 'a b' }, { text: 'a b' }]
    expect(split(one)).toEqual(['a', 'b'])
    expect(split(one)).toBe(split(one))
    expect(split(other)).not.toBe(split(one))
  })

  it('is worked out once when it is nothing, and anew when it failed', () => {
    let times = 0
    const nothing = onceFor<object, undefined>(() => void (times += 1))
    const failing = onceFor<object, undefined>(() => {
      times += 1
      throw new Error('no')
    })
    const key = {}
    for (let i = 0; i < 2; i++) nothing(key)
    expect(times).toBe(1)
    for (let i = 0; i < 2; i++) expect(() => failing(key)).toThrow('no')
    expect(times).toBe(3)
  })
})
