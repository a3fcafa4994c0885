import { describe, expect, it } from 'vitest'
import { readEvents } from '#ec/commands/read-events.js'

const ONE = { user_id: 'a', type: 'a.b', title: 'T', body: '' }

describe('a file of events', () => {
  it('may be one JSON event, also over several lines', () => {
    expect(readEvents(JSON.stringify(ONE, null, 2), 'f')).toEqual({ events: [ONE], single: true })
  })

  it('may be an array', () => {
    expect(readEvents(JSON.stringify([ONE, ONE]), 'f')).toEqual({ events: [ONE, ONE], single: false })
  })

  it('may be NDJSON with empty lines and other line ends', () => {
    const text = `${JSON.stringify(ONE)}\r\n\n${JSON.stringify(ONE)}\n`
    expect(readEvents(text, 'f')).toEqual({ events: [ONE, ONE], single: false })
  })

  it.each([
    ['no text', '', 'f holds no event'],
    ['a bad line', `${JSON.stringify(ONE)}\n{`, 'f:2: not JSON'],
    ['a value that is no object', '7', 'f: an event is a JSON object'],
    ['an item that is no object', '[{}, 7]', 'f, item 2: an event is a JSON object'],
  ])('is refused for %s, with the place', (_name, text, message) => {
    expect(() => readEvents(text, 'f')).toThrow(message)
  })
})
