import { NO_PREFERENCES, type Preferences, type PreferencesPatch } from '../../../core/preferences.ts'

/** What stands in the column `preferences`; the very object `NO_PREFERENCES` for somebody who says nothing. */
export function readPreferences(text: string | null): Preferences {
  if (text === null) return NO_PREFERENCES
  const said: PreferencesPatch = JSON.parse(text)
  const all = { ...NO_PREFERENCES, ...said }
  const { quiet_hours, mute, channels, caps, keep } = all
  const entries = mute.length + channels.length + Object.keys(caps).length + keep.length
  return quiet_hours === null && entries === 0 ? NO_PREFERENCES : all
}
