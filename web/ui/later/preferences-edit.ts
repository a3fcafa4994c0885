import type { ChannelSwitch, Preferences } from '../../../src/core/preferences.ts'

/** The channels that a person switches in a page. */
export const SWITCHED = ['ws', 'push', 'email'] as const
export type Switched = (typeof SWITCHED)[number]
/** `usual`: as the rules of the operator say. */
export type Setting = 'usual' | 'on' | 'off' | 'digest'

/** How a channel is set for exactly this type. */
export function settingOf(channels: Preferences['channels'], type: string, channel: Switched): Setting {
  const value = channels.find(entry => entry.type === type)?.[channel]
  if (value === undefined) return 'usual'
  return value === 'digest' ? value : value ? 'on' : 'off'
}

/** The switches with one changed; an entry that switches nothing is left out. Other entries stay as they are. Pure. */
export function withSetting(
  channels: Preferences['channels'],
  type: string,
  channel: Switched,
  setting: Setting,
): Preferences['channels'] {
  const old: ChannelSwitch = channels.find(entry => entry.type === type) ?? { type }
  const { [channel]: _, ...rest } = old
  const changed: ChannelSwitch = setting === 'usual' ? rest : { ...rest, [channel]: valueOf(setting) }
  const isEmpty = Object.keys(changed).every(key => key === 'type')
  const isKnown = channels.some(entry => entry.type === type)
  if (!isKnown) return isEmpty ? channels : [...channels, changed]
  return channels.flatMap(entry => (entry.type === type ? (isEmpty ? [] : [changed]) : [entry]))
}

function valueOf(setting: Exclude<Setting, 'usual'>): boolean | 'digest' {
  return setting === 'digest' ? 'digest' : setting === 'on'
}
