import type { Page, PageQuery, TypeEngagement, UserPatch } from '../../../backends/store.ts'
import type { BrowserReport } from '../../../core/browser-report.ts'
import type { Device } from '../../../core/device.ts'
import type { CappedChannel, Mute, Preferences, PreferencesPatch } from '../../../core/preferences.ts'
import type { Quiet } from '../../../core/quiet-hours.ts'
import type { User } from '../../../core/user.ts'

export interface UserApi {
  list(query: PageQuery): Promise<Page<User>>
  get(id: string): Promise<User>
  put(patch: UserPatch): Promise<User>
  /** `EC_NOT_FOUND` for nobody. */
  getPreferences(id: string): Promise<Preferences>
  /** Changes the sections that are given; they count from the next event on. */
  putPreferences(id: string, patch: PreferencesPatch): Promise<Preferences>
  /** What came of pushes of late, by type; `EC_NOT_FOUND` for nobody. */
  engagement(id: string): Promise<readonly TypeEngagement[]>
  /** What stands between the user and events now; of nobody too, since a token may name somebody new. */
  reach(id: string): Promise<Reach>
  erase(id: string): Promise<void>
}

/** What stands between a user and events at a moment. */
export interface Reach {
  readonly user: string
  readonly presence: StreamPresence
  readonly devices: readonly (Device & { readonly key: KeyAge })[]
  readonly email: {
    readonly state: 'none' | 'suppressed' | 'no_server' | 'fine'
    /** As much of it as may be shown. */
    readonly address: string | null
    /** Of the suppression. */
    readonly reason: string | null
  }
  /** Null without quiet hours. */
  readonly quiet: Quiet | null
  /** Those in force. */
  readonly mutes: readonly Mute[]
  /** Channels that the person switched off for everything. */
  readonly off: readonly CappedChannel[]
  /** Types that go out by push no more, because so few of them were opened. */
  readonly governed: readonly string[]
  /** `until`: when the first comes back. */
  readonly snoozed: { readonly count: number; readonly until: number | null }
  readonly lastEvent: EventFate | null
}

/** The clients of a user that are connected, and how many of them say that they are looked at. */
export interface StreamPresence {
  readonly clients: number
  readonly visible: number
  readonly focused: number
}

/** `older`: it serves those that subscribed with it; `gone`: nothing can be sent to them. */
export type KeyAge = 'current' | 'older' | 'gone'

/** Where an event went, in short; instants are RFC 3339. */
export interface EventFate {
  readonly id: string
  readonly type: string
  readonly createdAt: string
  readonly channels: readonly {
    readonly channel: string
    /** Of its trace, or of its plan while there is none: `sent`, `shown`, `held`, `suppress` ... */
    readonly step: string
    readonly reason: string | null
    readonly until: string | null
    readonly at: string | null
  }[]
}

export interface DiagnosticApi {
  /** Keeps it; when that was. `asksHelp`: the operator is told. `EC_RATE_LIMITED`. */
  report(report: Omit<BrowserReport, 'receivedAt' | 'askedAt'>, asksHelp: boolean): Promise<number>
  /** Of a user's browsers, the newest first; `EC_NOT_FOUND` for nobody. */
  reports(userId: string): Promise<readonly BrowserReport[]>
}
