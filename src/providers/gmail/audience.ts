import type { Resource } from '../../core/resource.ts'

/** For whom a token may be. */
export interface Audiences {
  /** Compared as they are, but for a query and a slash at the end where `isUrl`. */
  readonly values: readonly string[]
  readonly isUrl: boolean
}

/**
 * The setting `audience`, exactly. Without it what Pub/Sub takes when it is told nothing: the URL that it pushes to, which
 * is that of the resource or the older path beside it. None when no public URL is known either.
 */
export function audiencesOf(resource: Resource, webhookUrl: string | null): Audiences {
  const setting = resource.settings['audience']?.trim() ?? ''
  if (setting !== '') return { values: [setting], isUrl: false }
  if (webhookUrl === null) return { values: [], isUrl: true }
  const root = webhookUrl.slice(0, webhookUrl.lastIndexOf('/webhooks/'))
  return { values: [webhookUrl, `${root}/webhook/gmail`], isUrl: true }
}

/** Whether one of the audiences of a token is ours. */
export function isForUs(found: readonly unknown[], { values, isUrl }: Audiences): boolean {
  return found.some(one => typeof one === 'string' && values.includes(isUrl ? one.replace(TAIL, '') : one))
}

/** What a push endpoint may carry after its path. */
const TAIL = /\/?([?#].*)?$/s
