import type { Mailbox, SuppressedAddress } from '../../core/mailbox.ts'
import type { Person, Preferences, PreferencesPatch } from '../../core/preferences.ts'
import type { User } from '../../core/user.ts'
import type { Page, PageQuery } from './pages.ts'

/** Users: what is known of them, what they want, where their mail goes. */
export interface PeopleFacts {
  putUser(user: UserPatch, now: number): Promise<User>
  getUser(id: string): Promise<User | null>
  listUsers(query: PageQuery): Promise<Page<User>>
  /** What the delivery has to know of a user; null when there is none. */
  getPerson(id: string): Promise<Person | null>
  /** Those who have preferences, a device or an address. */
  listPeople(query: PageQuery): Promise<Page<Person>>
  /**
   * Changes the sections that are given, makes the user if there is none; all preferences as they are then. A type that
   * they keep in push comes back there.
   */
  putPreferences(userId: string, patch: PreferencesPatch, now: number): Promise<Preferences>
  /** What came of the pushes of the user's types, at most `limit`: those first of which most went out. */
  listEngagement(userId: string, limit: number): Promise<readonly TypeEngagement[]>
  /**
   * Removes a user with preferences, events, questions, states, traces, devices, reports, sign-in links and sessions;
   * resources stay and lose nothing.
   */
  eraseUser(id: string): Promise<boolean>
  /** Where a user's mail goes; null for nobody, and for somebody without an address. */
  getMailbox(userId: string): Promise<Mailbox | null>
  /** Switches mail off for a type, or with null altogether; the preferences as they are then. */
  stopEmail(userId: string, type: string | null, now: number): Promise<Preferences>
  /**
   * Sends nothing more to an address; the users who have it, null when it took no mail before. `putUser` with it lifts
   * that.
   */
  suppressAddress(address: string, reason: string, at: number): Promise<readonly string[] | null>
  /** The users who have it; null when it was not suppressed. */
  liftAddress(address: string): Promise<readonly string[] | null>
  listSuppressed(query: PageQuery): Promise<Page<SuppressedAddress>>
}

/** What came of the pushes of a type, of late. */
export interface TypeEngagement {
  readonly type: string
  readonly sent: number
  /** Read or answered within a day. */
  readonly opened: number
  /** Since when it goes out by push no more, because so little was opened; null = it does go out. */
  readonly governedAt: number | null
}

export interface UserPatch {
  readonly id: string
  readonly name?: string | null
  readonly email?: string | null
  readonly tz?: string | null
  readonly lang?: string | null
}
