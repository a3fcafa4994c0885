const ROOT = 'https://www.googleapis.com/auth/'

/** By which the address of an account is learnt. Google grants `email` under its long name. */
const IDENTITY = ['openid', `${ROOT}userinfo.email`] as const

export const CALENDAR_SCOPE = `${ROOT}calendar.readonly`
export const GMAIL_SCOPE = `${ROOT}gmail.readonly`

/**
 * What each provider reads with. `calendar.readonly` is one box for a person to tick where the two narrower ones would be
 * two; it allows no writing. `gmail.metadata` would be less than `gmail.readonly`, but it gives neither the line of a mail
 * that a notification shows nor a search by date, so that a broken history could not be mended without reading everything.
 * https://developers.google.com/workspace/gmail/api/auth/scopes
 */
const OF_PROVIDER: Readonly<Record<string, string>> = { 'google-calendar': CALENDAR_SCOPE, gmail: GMAIL_SCOPE }

/** Makes the topic and the subscription, and pulls from it where no push reaches us. */
export const PUBSUB_SCOPE = `${ROOT}pubsub`

/** The least that these providers need; with `setup` also what makes and reads the way of Gmail's notifications. */
export function scopesFor(providers: readonly string[], setup: boolean): readonly string[] {
  const own = providers.flatMap(provider => OF_PROVIDER[provider] ?? [])
  return [...IDENTITY, ...own, ...(setup && providers.includes('gmail') ? [PUBSUB_SCOPE] : [])]
}

/** What a scope allows, in words; the scope itself where it is none of ours. */
export function nameScope(scope: string): string {
  return NAMES[scope] ?? scope
}

const NAMES: Readonly<Record<string, string>> = {
  [CALENDAR_SCOPE]: 'see your calendars',
  [GMAIL_SCOPE]: 'read your mail',
  [PUBSUB_SCOPE]: 'manage Pub/Sub topics and subscriptions',
  [`${ROOT}userinfo.email`]: 'see your address',
}
