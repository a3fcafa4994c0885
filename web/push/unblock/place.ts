import type { BrowserKind } from '../browser-kind.ts'

/** Where in a browser a refused permission is undone; each has its own steps. */
export const PLACES = [
  'chrome-desktop',
  'chrome-android',
  'edge-desktop',
  'firefox-desktop',
  'firefox-android',
  'safari-mac',
  'samsung',
  'opera-desktop',
  'app-android',
  'app-desktop',
  'app-ios',
  'other',
] as const
export type Place = (typeof PLACES)[number]

/** Where the system can silence a browser that itself lets everything through; null where it is one and the same. */
export const SYSTEMS = ['windows', 'mac', 'android', 'linux'] as const
export type System = (typeof SYSTEMS)[number]

/** Pure. */
export function placeOf({ browser, system, installed }: BrowserKind): Place {
  // Every browser on iOS is Safari's engine, and only apps on the home screen get pushes.
  if (system === 'ios') return 'app-ios'
  if (system === 'android') {
    if (installed) return 'app-android'
    if (browser === 'samsung') return 'samsung'
    return browser === 'firefox' ? 'firefox-android' : browser === 'safari' ? 'other' : 'chrome-android'
  }
  if (browser === 'firefox') return 'firefox-desktop'
  if (browser === 'safari') return system === 'mac' ? 'safari-mac' : 'other'
  if (installed) return 'app-desktop'
  if (browser === 'edge') return 'edge-desktop'
  if (browser === 'opera') return 'opera-desktop'
  return browser === 'chrome' ? 'chrome-desktop' : 'other'
}

export function systemOf({ system }: BrowserKind): System | null {
  return SYSTEMS.find(known => known === system) ?? null
}
