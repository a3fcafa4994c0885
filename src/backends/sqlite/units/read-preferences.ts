import {
  completePreferences,
  NO_PREFERENCES,
  type Preferences,
  type PreferencesPatch,
} from '../../../core/preferences.ts'

/** What stands in the column `preferences`; the very object `NO_PREFERENCES` for somebody who says nothing. */
export function readPreferences(text: string | null): Preferences {
  if (text === null) return NO_PREFERENCES
  const said: PreferencesPatch = JSON.parse(text)
  return completePreferences(said)
}
