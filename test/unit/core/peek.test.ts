import { describe, expect, it } from 'vitest'
import { isRecord, peek, peekExcerpt, peekFlag, peekInteger, peekLine, peekList, peekString } from '#ec/core/peek.js'

const document = JSON.parse(`{
  "user": { "login": "  ana\\n", "id": 42, "big": 9007199254740993, "admin": true },
  "items": [1, 2], "none": null, "text": "a", "long": "${'x'.repeat(300)}",
  "comment": "Fixes it.<!-- please\\nfill this in -->\\n\\n\\nThanks!"
}`)

describe('peek', () => {
  it('follows a path, and leads nowhere instead of throwing', () => {
    expect(peek(document, 'user', 'login')).toBe('  ana\n')
    for (const path of [
      ['user', 'x'],
      ['none', 'x'],
      ['text', 'length'],
      ['items', '0'],
      ['a', 'b', 'c'],
    ]) {
      expect(peek(document, ...path)).toBeUndefined()
    }
    expect(peek(undefined, 'x')).toBeUndefined()
  })

  it('reads each kind of value, and nothing of another kind', () => {
    expect(peekString(document, 'user', 'login')).toBe('  ana\n')
    expect(peekString(document, 'user', 'id')).toBe('')
    expect(peekLine(document, 'user', 'login')).toBe('ana')
    expect(peekLine(document, 'none')).toBe('')
    expect(peekLine(document, 'user')).toBe('')
    expect(peekInteger(document, 'user', 'id')).toBe(42)
    expect(peekInteger(document, 'text')).toBeNull()
    expect(peekInteger(document, 'user', 'big')).toBeNull()
    expect(peekFlag(document, 'user', 'admin')).toBe(true)
    expect(peekFlag(document, 'text')).toBe(false)
    expect(peekList(document, 'items')).toEqual([1, 2])
    expect(peekList(document, 'user')).toEqual([])
  })

  it('cuts lines, and leaves HTML comments out of excerpts', () => {
    expect(peekLine(document, 'long')).toHaveLength(120)
    expect(peekExcerpt(document, 'comment')).toBe('Fixes it.\n\nThanks!')
    expect(peekExcerpt({ comment: 'a<!-- never closed' }, 'comment')).toBe('a')
  })

  it('takes only objects for records', () => {
    expect([{}, [], null, 'x', undefined].map(isRecord)).toEqual([true, false, false, false, false])
  })
})
