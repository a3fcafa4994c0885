import type { NotificationJob } from '../../backends/store.ts'

/** "Up to 3 retries" of the processing. */
const MAX_ATTEMPTS = 4

/** The work that a notification of this resource causes; also for those that were held (`releaseHeld`). */
export function processingJob(resourceId: string, runAt: number): NotificationJob {
  // One resource's notifications are processed in the order in which they came.
  return { kind: 'notification.process', group: resourceId, priority: 0, maxAttempts: MAX_ATTEMPTS, runAt }
}
