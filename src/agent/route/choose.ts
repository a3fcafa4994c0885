import type { Channel, ChannelHint } from '../../core/event.ts'
import { compareSpecificity, matchesType } from '../../core/type-pattern.ts'
import type { PatternRule, RoutedEvent } from './facts.ts'
import { channelsOfType } from './type-rules.ts'

/** The channels that are wanted, and whose word that was. */
export interface Choice {
  readonly channels: readonly Channel[]
  readonly rule: 'channels' | 'channel_hint' | 'type' | 'pattern' | 'default'
  readonly warning: string | null
}

const DEFAULT_CHANNELS: readonly Channel[] = ['ws']

/** What a hint asks for; `auto` leaves it to the rules. */
const HINTED = {
  auto: null,
  websocket_only: ['ws'],
  push_only: ['push'],
} as const satisfies Record<ChannelHint, readonly Channel[] | null>

/** The first that speaks decides: `channels`, `channel_hint`, the rule of the type, the operator's pattern, `["ws"]`. */
export function choose(event: RoutedEvent, rules: readonly PatternRule[]): Choice {
  const hinted: readonly Channel[] | null = HINTED[event.channel_hint ?? 'auto']
  if (event.channels !== undefined) {
    return { channels: event.channels, rule: 'channels', warning: contradiction(event, hinted) }
  }
  if (hinted !== null) return { channels: hinted, rule: 'channel_hint', warning: null }
  const byType = channelsOfType(event.type, event.level)
  if (byType !== null) return { channels: byType, rule: 'type', warning: null }
  const byPattern = rules
    .filter(rule => matchesType(rule.pattern, event.type))
    .sort((a, b) => compareSpecificity(a.pattern, b.pattern))[0]
  if (byPattern !== undefined) return { channels: byPattern.channels, rule: 'pattern', warning: null }
  return { channels: DEFAULT_CHANNELS, rule: 'default', warning: null }
}

function contradiction(event: RoutedEvent, hinted: readonly Channel[] | null): string | null {
  const { channels = [], channel_hint } = event
  if (hinted === null || (channels.length === hinted.length && hinted.every(c => channels.includes(c)))) return null
  return `\`channels\` [${channels.join(', ')}] and \`channel_hint\` ${channel_hint} contradict each other; \`channels\` was followed`
}
