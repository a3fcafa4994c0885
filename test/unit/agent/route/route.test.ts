import { describe, expect, it } from 'vitest'
import { route } from '#ec/agent/route/route.js'
import type { RouteFacts, RoutedEvent } from '#ec/agent/route/facts.js'
import { BUILT_IN_TYPES, CHANNEL_HINTS, type Channel } from '#ec/core/event.js'
import type { Plan } from '#ec/core/plan.js'

/** Without those that an operator has to open first. */
const CHANNELS = ['ws', 'push', 'email'] as const

const NOW = Date.parse('2026-01-05T09:00:00Z')
const wsOnly: RouteFacts = { available: ['ws'], rules: [] }
const everything: RouteFacts = { available: CHANNELS, rules: [] }

const channelSets: (readonly Channel[] | undefined)[] = [
  undefined,
  ...Array.from({ length: 8 }, (_, bits) => CHANNELS.filter((_channel, i) => bits & (1 << i))),
]

function plan(event: Partial<RoutedEvent>, facts = everything): Plan {
  return route({ type: 'task.created', level: 'info', ...event }, facts, NOW)
}

function channels(of: Plan): Channel[] {
  return of.steps.map(step => step.channel)
}

function sent(of: Plan): Channel[] {
  return of.steps.filter(step => step.action === 'send').map(step => step.channel)
}

describe('route', () => {
  it.each([
    { name: 'every channel', facts: everything, file: 'plans-all-channels.golden.txt' },
    { name: 'only live delivery', facts: wsOnly, file: 'plans-ws-only.golden.txt' },
  ])('plans every type, hint and set of channels as the golden table says, with $name', async ({ facts, file }) => {
    const lines: string[] = []
    for (const type of [...BUILT_IN_TYPES, 'task.created']) {
      for (const channel_hint of CHANNEL_HINTS) {
        for (const channels of channelSets) {
          const made = plan({ type, channel_hint, ...(channels === undefined ? {} : { channels }) }, facts)
          const steps = made.steps.map(
            s => `${s.channel}:${{ send: 'SEND', hold: 'HOLD', suppress: '-' }[s.action]}/${s.reason}`,
          )
          const head = `${type} ${channel_hint} ${channels === undefined ? '-' : `[${channels.join(',')}]`}`
          lines.push(`${head} => ${steps.join(' ')} by ${made.rule}`)
          lines.push(...made.warnings.map(warning => `    ! ${warning}`))
        }
      }
    }
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(file)
  })

  it('says something about every channel that there is', () => {
    expect(plan({}).steps.map(step => step.channel)).toEqual(CHANNELS)
  })

  it('follows `channels` exactly, whatever the hint says', () => {
    for (const channels of channelSets) {
      if (channels === undefined) continue
      for (const channel_hint of CHANNEL_HINTS) {
        const made = plan({ channels, channel_hint })
        expect(sent(made)).toEqual(channels)
        expect(made.rule).toBe('channels')
      }
    }
  })

  it('warns when channels and hint contradict each other, and only then', () => {
    expect(plan({ channels: ['ws'], channel_hint: 'websocket_only' }).warnings).toEqual([])
    expect(plan({ channels: ['ws', 'push'], channel_hint: 'auto' }).warnings).toEqual([])
    expect(plan({ channels: ['ws', 'push'], channel_hint: 'websocket_only' }).warnings).toEqual([
      '`channels` [ws, push] and `channel_hint` websocket_only contradict each other; `channels` was followed',
    ])
    expect(plan({ channels: [], channel_hint: 'push_only' }).warnings).toHaveLength(1)
  })

  it('sends nothing with an empty `channels`: the event stands in the history only', () => {
    const made = plan({ channels: [], type: 'action.required' })
    expect(sent(made)).toEqual([])
    expect(made.inbox).toBe(true)
  })

  it.each([
    ['info', []],
    ['warning', []],
    ['error', ['email']],
    ['critical', ['email']],
  ] as const)('sends a system.alert of level %s also by %j', (level, also) => {
    expect(sent(plan({ type: 'system.alert', level }))).toEqual(['ws', 'push', ...also])
  })

  it('keeps progress out of the inbox and off push and e-mail, even when asked', () => {
    const made = plan({ type: 'job.progress', channels: ['ws', 'push', 'email'] })
    expect(made.inbox).toBe(false)
    expect(sent(made)).toEqual(['ws'])
    expect(made.warnings).toEqual(['job.progress never goes out by push', 'job.progress never goes out by email'])
  })

  it('lets the most specific pattern decide for a custom type', () => {
    const rules: RouteFacts['rules'] = [
      { pattern: '*', channels: [] },
      { pattern: 'task.*', channels: ['push'] },
      { pattern: 'task.urgent.*', channels: ['email'] },
      { pattern: 'task.created', channels: ['ws', 'email'] },
      { pattern: 'task.created.*', channels: ['push', 'email'] },
    ]
    const by = (type: string) => sent(plan({ type }, { available: CHANNELS, rules }))
    expect(by('task.created')).toEqual(['ws', 'email'])
    expect(by('task.created.twice')).toEqual(['push', 'email'])
    expect(by('task.urgent.now')).toEqual(['email'])
    expect(by('task.urgent')).toEqual(['push'])
    expect(by('tasks.other')).toEqual([])
    expect(plan({ type: 'task.x' }, { available: CHANNELS, rules }).rule).toBe('pattern')
  })

  it('lets the rule of a built-in type stand before a pattern', () => {
    const rules = [{ pattern: 'job.*', channels: [] }]
    expect(plan({ type: 'job.done' }, { available: CHANNELS, rules }).rule).toBe('type')
  })

  it('says in words that a channel that was asked for cannot be sent on yet', () => {
    const made = plan({ channel_hint: 'push_only' }, wsOnly)
    expect(made.steps[1]).toEqual({ channel: 'push', action: 'suppress', reason: 'not_available' })
    expect(made.warnings).toEqual(['this agent cannot send by push yet'])
    expect(plan({ type: 'job.done' }, wsOnly).warnings).toEqual([])
  })

  it('sends nothing that had expired when it arrived, and says so', () => {
    const made = plan({ expires_at: new Date(NOW).toISOString() })
    expect(sent(made)).toEqual([])
    expect(made.warnings).toHaveLength(1)
    expect(sent(plan({ expires_at: new Date(NOW + 1).toISOString() }))).toEqual(['ws'])
  })

  describe('on channels that an operator has to open', () => {
    it('says nothing of them where there are none and nobody asks for one', () => {
      expect(channels(plan({ type: 'job.done' }, { available: ['ws'], rules: [] }))).toEqual(CHANNELS)
    })

    it('says that there are none where the event asks for one', () => {
      const made = plan({ channels: ['ws', 'exec'] }, { available: ['ws'], rules: [] })
      expect(made.steps.at(-1)).toEqual({ channel: 'exec', action: 'suppress', reason: 'not_available' })
      expect(made.warnings).toEqual(['this agent cannot send by exec yet'])
    })

    const set: RouteFacts = { available: ['ws', 'webhook'], rules: [], outlets: ['webhook'] }
    const signs = { seen: true, read: true, answered: true, archived: true, retracted: false, snoozedUntil: 9e15 }
    const due = { channel: 'webhook', reason: 'outlet', unless: null, signs } as const

    it('sends what one is set up for, beside what the rule of the type asks for', () => {
      const made = plan({ type: 'job.done', level: 'critical' }, set)
      expect(sent(made)).toEqual(['ws', 'webhook'])
      expect(made.steps.at(-1)?.reason).toBe('outlet')
    })

    it.each([{ channels: ['ws'] }, { channels: [] }, { channel_hint: 'websocket_only' }] as const)(
      'sends it nowhere else than it says itself: %j',
      event => expect(sent(plan(event, set))).not.toContain('webhook'),
    )

    it('does not care who has seen it when the step falls due, unless a ladder asks', () => {
      const again = (facts: Partial<typeof due>) => plan({}, { ...set, due: { ...due, ...facts } }).steps.at(-1)
      expect(again({})?.action).toBe('send')
      expect(again({ signs: { ...signs, retracted: true } })).toMatchObject({ action: 'suppress', reason: 'retracted' })
      const rung = plan({}, { ...set, due: { ...due, unless: 'read' } }).steps.at(-1)
      expect(rung).toMatchObject({ action: 'suppress', reason: 'answered' })
    })

    it('decides on those that are there as on any other', () => {
      const facts: RouteFacts = { available: ['ws', 'webhook'], rules: [{ pattern: 'task.*', channels: ['webhook'] }] }
      expect(channels(plan({ type: 'other.x' }, facts))).toEqual([...CHANNELS, 'webhook'])
      expect(sent(plan({ type: 'other.x' }, facts))).toEqual(['ws'])
      expect(sent(plan({ type: 'task.x' }, facts))).toEqual(['webhook'])
    })
  })
})
