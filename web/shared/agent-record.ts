import { isObject } from './is-object.ts'

/** What a page writes so that its worker knows the agent, and who this browser is there. */
export interface AgentRecord {
  /** Of the agent, without a slash at its end. */
  readonly base: string
  /** `dev_...`. */
  readonly device: string
  /** Proves the device; never leaves for anywhere but `base`. */
  readonly secret: string
  /** The key that it subscribed with. */
  readonly keyId: string
  /** Tells its own subscription from one of somebody else's in the same worker. */
  readonly endpoint: string
  /** Where a click leads when its link may not be followed. */
  readonly home: string
  /** Origins beside the site's own that a click may lead to. */
  readonly links: readonly string[]
  /** What the person reads; of a notification's own texts. */
  readonly lang: string
  /** The agent does not know of the last change of the subscription yet. */
  readonly unsaid?: boolean
}

/** Null for what is none. */
export function readRecord(value: unknown): AgentRecord | null {
  if (!isObject(value)) return null
  const { base, device, secret, keyId, endpoint, home, links, lang, unsaid } = value
  const texts = { base, device, secret, keyId, endpoint, home, lang }
  if (!isTexts(texts)) return null
  return {
    ...texts,
    links: Array.isArray(links) ? links.filter(link => typeof link === 'string') : [],
    ...(unsaid === true ? { unsaid } : {}),
  }
}

function isTexts<K extends string>(values: Record<K, unknown>): values is Record<K, string> {
  return Object.values(values).every(value => typeof value === 'string')
}
