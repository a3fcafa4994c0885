import type { SetupPlan } from '../../provider.ts'

/** What is made in the project, by the names that were chosen when it was; full resource names of Pub/Sub. */
export interface SetupNames {
  readonly topic: string
  readonly deadTopic: string
  readonly deadSubscription: string
  readonly subscription: string
}

/** Null while no project is known. */
export function namesOf({ account, settings }: SetupPlan): SetupNames | null {
  const { project } = settings
  if (project === undefined || project === '') return null
  const topic = settings['topic'] ?? `projects/${project}/topics/ec-gmail`
  return {
    topic,
    deadTopic: `${topic}-dead`,
    deadSubscription: `projects/${project}/subscriptions/ec-gmail-dead`,
    // Another ec in the same project has one of its own, or the two would take each other's mail away.
    subscription: settings['subscription'] ?? `projects/${project}/subscriptions/ec-gmail-${account.id.slice(-8)}`,
  }
}

/** `pull` unless we can be reached and it is known whom to believe. */
export function deliveryOf({ settings, publicUrl }: SetupPlan): 'push' | 'pull' {
  return publicUrl !== null && (settings['service_account'] ?? '') !== '' ? 'push' : 'pull'
}

/**
 * By which the project's own Pub/Sub acts; null when the client does not tell the number of its project, which stands
 * before the first dash of its id.
 */
export function serviceAgentOf({ settings }: SetupPlan): string | null {
  const [, number] = /^(\d{6,20})-/.exec(settings['client_id'] ?? '') ?? []
  return number === undefined ? null : `serviceAccount:service-${number}@gcp-sa-pubsub.iam.gserviceaccount.com`
}
