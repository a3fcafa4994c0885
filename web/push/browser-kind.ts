/** Which browser this is, as far as what a person has to press depends on it. */
export interface BrowserKind {
  readonly browser: 'chrome' | 'edge' | 'firefox' | 'opera' | 'safari' | 'samsung' | 'other'
  readonly system: 'android' | 'chromeos' | 'ios' | 'linux' | 'mac' | 'windows' | 'other'
  /** It runs as an app of its own. */
  readonly installed: boolean
  /** Of the system on iOS, as 16.4; null elsewhere. */
  readonly iosVersion: number | null
}

export interface BrowserFacts {
  readonly userAgent: string
  /** A tablet of Apple's says that it is a Mac. */
  readonly touchPoints: number
  readonly installed: boolean
}

/** The more particular first: each of them says that it is the later ones too. */
const BROWSERS = [
  ['samsung', /SamsungBrowser\//],
  ['edge', /\bEdg(e|A|iOS)?\//],
  ['opera', /\bOPR\/|\bOPT\//],
  ['firefox', /\b(Firefox|FxiOS)\//],
  ['chrome', /\b(Chrome|Chromium|HeadlessChrome|CriOS)\//],
  ['safari', /\bSafari\//],
] as const
const SYSTEMS = [
  ['ios', /\b(iPhone|iPad|iPod)\b/],
  ['android', /\bAndroid\b/],
  ['chromeos', /\bCrOS\b/],
  ['windows', /\bWindows\b/],
  ['mac', /\bMac OS X\b|\bMacintosh\b/],
  ['linux', /\bLinux\b/],
] as const

/** Pure. */
export function browserKind({ userAgent, touchPoints, installed }: BrowserFacts): BrowserKind {
  const named = SYSTEMS.find(([, pattern]) => pattern.test(userAgent))?.[0] ?? 'other'
  const system = named === 'mac' && touchPoints > 1 ? 'ios' : named
  return {
    browser: BROWSERS.find(([, pattern]) => pattern.test(userAgent))?.[0] ?? 'other',
    system,
    installed,
    iosVersion: system === 'ios' ? versionOf(userAgent) : null,
  }
}

const NAMES: Readonly<Record<BrowserKind['browser'] | BrowserKind['system'], string | null>> = {
  chrome: 'Chrome',
  edge: 'Edge',
  firefox: 'Firefox',
  opera: 'Opera',
  safari: 'Safari',
  samsung: 'Samsung Internet',
  android: 'Android',
  chromeos: 'ChromeOS',
  ios: 'iOS',
  linux: 'Linux',
  mac: 'macOS',
  windows: 'Windows',
  other: null,
}

/** How a device is called in a list: `Firefox, Linux`. */
export function nameOf({ browser, system }: BrowserKind): {
  readonly name: string | null
  readonly platform: string | null
} {
  const parts = [NAMES[browser], NAMES[system]].filter(part => part !== null)
  return { name: parts.length === 0 ? null : parts.join(', '), platform: NAMES[system] }
}

/** Null for one that is not known. */
export function nameOfBrowser({ browser }: BrowserKind): string | null {
  return NAMES[browser]
}

/** `OS 16_4` on telephones; a tablet that passes for a Mac tells the version of its browser alone. */
function versionOf(userAgent: string): number | null {
  const [, major, minor = '0'] = /\bOS (\d+)_(\d+)/.exec(userAgent) ?? /\bVersion\/(\d+)\.(\d+)/.exec(userAgent) ?? []
  return major === undefined ? null : Number(`${major}.${minor}`)
}
