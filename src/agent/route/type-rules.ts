import type { BuiltInType, Channel, Level } from '../../core/event.ts'

interface TypeRule {
  readonly channels: readonly Channel[]
  /** Levels that add e-mail. */
  readonly emailAt?: readonly Level[]
  /** Not even when the event asks for it. */
  readonly never?: readonly Channel[]
}

/**
 * The rule of each built-in type. E-mail that is "if asked" is not named here: it comes by `channels` alone. Progress
 * never leaves the open page: browsers take the right to push from those who send much of little worth.
 */
const TYPE_RULES: ReadonlyMap<string, TypeRule> = new Map<BuiltInType, TypeRule>([
  ['job.done', { channels: ['ws', 'push'] }],
  ['job.progress', { channels: ['ws'], never: ['push', 'email'] }],
  ['action.required', { channels: ['ws', 'push'] }],
  ['message.new', { channels: ['ws', 'push'] }],
  ['reminder.due', { channels: ['ws', 'push'] }],
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
