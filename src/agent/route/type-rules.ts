import type { LadderStep } from '../../core/config.ts'
import type { BuiltInType, Channel, Level } from '../../core/event.ts'

interface TypeRule {
  readonly channels: readonly Channel[]
  /** Levels that add e-mail. */
  readonly emailAt?: readonly Level[]
  /** Not even when the event asks for it. */
  readonly never?: readonly Channel[]
  /** By mail it goes out in a digest alone. */
  readonly digest?: true
  /** Not even the person can switch these off, nor mute them. */
  readonly required?: readonly Channel[]
  /** Which channel takes the place of one that reaches nobody. */
  readonly fallback?: Readonly<Partial<Record<Channel, Channel>>>
  /** How long push waits for a person who is looking anyway, ms. */
  readonly heldBackMs?: number
  /** What is tried again when nothing came of it. */
  readonly ladder?: readonly LadderStep[]
}

/** For a type that says nothing of it. */
const HELD_BACK_MS = 10_000

/**
 * The rule of each built-in type. E-mail that is "if asked" is not named here: it comes by `channels` alone. Progress
 * never leaves the open page: browsers take the right to push from those who send much of little worth. A chat message is
 * not worth a mail of its own. A question that somebody waits for is always shown to a person who looks, and finds another way to one without a device.
 */
const TYPE_RULES: ReadonlyMap<string, TypeRule> = new Map<BuiltInType, TypeRule>([
  ['job.done', { channels: ['ws', 'push'] }],
  ['job.progress', { channels: ['ws'], never: ['push', 'email'] }],
  [
    'action.required',
    {
      channels: ['ws', 'push'],
      required: ['ws'],
      fallback: { push: 'email' },
      heldBackMs: 8_000,
      ladder: [{ channel: 'email', after: 4 * 3_600_000, unless: 'answered' }],
    },
  ],
  ['message.new', { channels: ['ws', 'push'], digest: true, heldBackMs: 20_000 }],
  ['reminder.due', { channels: ['ws', 'push'], heldBackMs: 0 }],
  ['system.alert', { channels: ['ws', 'push'], emailAt: ['error', 'critical'] }],
])

/** What the rule of a built-in type asks for; null for any other type. */
export function channelsOfType(type: string, level: Level): readonly Channel[] | null {
  const rule = TYPE_RULES.get(type)
  if (rule === undefined) return null
  return rule.emailAt?.includes(level) ? [...rule.channels, 'email'] : rule.channels
}

/** Channels that a type is never sent on. */
export function neverFor(type: string): readonly Channel[] {
  return TYPE_RULES.get(type)?.never ?? []
}

/** Whether a type goes out by mail in a digest alone. */
export function isForDigest(type: string): boolean {
  return TYPE_RULES.get(type)?.digest ?? false
}

/** Whether a type goes out on a channel whatever the person said. */
export function isRequired(type: string, channel: Channel): boolean {
  return TYPE_RULES.get(type)?.required?.includes(channel) ?? false
}

/** How long push waits for a person who is looking anyway, ms; 0 = not at all. */
export function heldBackMs(type: string): number {
  return TYPE_RULES.get(type)?.heldBackMs ?? HELD_BACK_MS
}

/** What is usual for a type that nobody set a ladder for. */
export function ladderFor(type: string): readonly LadderStep[] {
  return TYPE_RULES.get(type)?.ladder ?? []
}

/** What takes the place of a channel that reaches nobody; one channel or none. */
export function fallbackFor(type: string, channel: Channel): readonly Channel[] {
  const next = TYPE_RULES.get(type)?.fallback?.[channel]
  return next === undefined ? [] : [next]
}
