import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseClientMessages } from '#ec/agent/dispatch/ws/client-message.js'

describe('parseClientMessages', () => {
  it.each([
    ['{}', { t: 'pong' }],
    [' { } ', { t: 'pong' }],
    ['{"t":"ack","seq":5}', { t: 'ack', seq: 5 }],
    ['{"t":"seen","ids":["a"]}', { t: 'mark', state: 'seen', ids: ['a'], reply: null }],
    ['{"t":"archive","ids":[],"id":3}', { t: 'mark', state: 'archived', ids: [], reply: 3 }],
    ['{"t":"snooze","id":"e","until":"2026-01-05T09:00:00Z"}', { t: 'snooze', id: 'e', until: 1767603600000 }],
    ['{"t":"snooze","id":"e","until":1767603600000}', { t: 'snooze', id: 'e', until: 1767603600000 }],
    [
      '{"id":7,"t":"answer","question":"q","option":"B"}',
      { t: 'answer', question: 'q', option: 'B', input: null, reply: 7 },
    ],
    [
      '{"t":"answer","question":"q","option":"B","input":"why not"}',
      { t: 'answer', question: 'q', option: 'B', input: 'why not', reply: null },
    ],
    ['{"t":"vis","visible":true,"focused":false}', { t: 'vis', visible: true, focused: false, thread: null }],
    ['{"t":"auth","token":"x"}', { t: 'auth', token: 'x', reply: null }],
  ])('reads %s', (text, expected) => {
    expect(parseClientMessages(text)).toEqual([expected])
  })

  it('reads several messages, a line each', () => {
    expect(parseClientMessages('{"t":"ack","seq":1}\n{}\n\noops')).toMatchObject([
      { t: 'ack' },
      { t: 'pong' },
      { t: 'malformed', code: 'EC_BODY_INVALID' },
    ])
  })

  it.each([
    '{"t":"ack","seq":-1}',
    '{"t":"ack","seq":1.5}',
    '{"t":"seen","ids":[1]}',
    '{"t":"seen","ids":[""]}',
    '{"t":"snooze","id":"e","until":"soon"}',
    '{"t":"vis","visible":"yes","focused":true}',
    '{"t":"auth","token":5}',
    '{"t":"__proto__"}',
    '{"t":"constructor"}',
    'null',
    '"{}"',
    '',
  ])('does not take %s', text => {
    expect(parseClientMessages(text)).toMatchObject([{ t: 'malformed' }])
  })

  it('understands or refuses whatever comes, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), text => {
        for (const message of parseClientMessages(text)) expect(typeof message.t).toBe('string')
      }),
    )
  })
})
