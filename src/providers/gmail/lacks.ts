import type { Resource } from '../../core/resource.ts'
import { audiencesOf } from './audience.ts'

/** Without both of these `findFault` refuses every token; here it is said before the first one comes. */
export function lacks(
  resource: Resource,
  webhookUrl: string | null,
): { readonly what: string; readonly next: string } | null {
  const isNamed = (resource.settings['service_account']?.trim() ?? '') !== ''
  // A mailbox with an account is pulled for or polled unless its setup names who pushes.
  if (!isNamed && resource.accountId !== null) return null
  if (!isNamed) {
    const next = `name it: \`ec resources set ${resource.id} --set service_account=...\``
    return { what: 'the setting service_account is not set, and Google signs for anybody', next }
  }
  if (audiencesOf(resource, webhookUrl).values.length > 0) return null
  const next = `set \`public.url\`, or \`ec resources set ${resource.id} --set audience=...\``
  return { what: 'nobody can tell for whom a token should be', next }
}
