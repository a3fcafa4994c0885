import type { EventInput } from '../../core/event-schema.ts'
import type { Resource } from '../../core/resource.ts'

/** A notification that was given up. */
export interface Buried {
  readonly resource: Resource
  readonly notification: string
  readonly job: string
  readonly attempts: number
  readonly code: string
}

/** Tells the owner of a resource which notification of it was given up, and how it is tried again. */
export function buriedAlert({ resource, notification, job, attempts, code }: Buried): EventInput {
  const tried = attempts === 1 ? 'once' : `${attempts} times`
  return {
    user_id: resource.userId,
    type: 'system.alert',
    level: 'error',
    title: `A notification of ${resource.name} could not be processed`,
    body: `It was tried ${tried}. See \`ec notifications why ${notification}\`, then \`ec jobs retry ${job}\`.`,
    service: 'ec',
    collapse_key: `dead:${resource.id}`,
    data: { notification, job, resource: resource.id, code },
  }
}
