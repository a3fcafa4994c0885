import type { Preferences, PreferencesPatch } from '../../../src/core/preferences.ts'

/** One part of the settings: drawn anew from the preferences after each change. */
export type DrawSettings = (preferences: Preferences, save: (patch: PreferencesPatch) => void) => HTMLElement | null
