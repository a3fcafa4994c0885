import { describe } from 'vitest'
import { accountContract } from './store/accounts.ts'
import { arrivalContract } from './store/arrivals.ts'
import { batchContract } from './store/batches.ts'
import { copyContract } from './store/copies.ts'
import { deviceContract } from './store/devices.ts'
import { diagnosticContract } from './store/diagnostics.ts'
import { digestContract } from './store/digests.ts'
import { emailContract } from './store/email.ts'
import { directoryContract } from './store/directory.ts'
import { engagementContract } from './store/engagement.ts'
import { eventContract } from './store/events.ts'
import type { OpenStore } from './store/harness.ts'
import { jobContract } from './store/jobs.ts'
import { leaseContract } from './store/leases.ts'
import { notificationContract } from './store/notifications.ts'
import { questionContract } from './store/questions.ts'
import { receiptContract } from './store/receipts.ts'
import { retentionContract } from './store/retention.ts'
import { sessionContract } from './store/sessions.ts'
import { stateContract } from './store/states.ts'
import { streamContract } from './store/stream.ts'
import { subscriptionContract } from './store/subscriptions.ts'
import { syncContract } from './store/sync.ts'

/** What every store must do, whatever holds it. */
export function storeContract(name: string, open: OpenStore): void {
  describe(`${name} store`, () => {
    notificationContract(open)
    eventContract(open)
    stateContract(open)
    questionContract(open)
    streamContract(open)
    arrivalContract(open)
    jobContract(open)
    leaseContract(open)
    directoryContract(open)
    accountContract(open)
    syncContract(open)
    subscriptionContract(open)
    deviceContract(open)
    sessionContract(open)
    receiptContract(open)
    diagnosticContract(open)
    engagementContract(open)
    emailContract(open)
    digestContract(open)
    retentionContract(open)
    copyContract(open)
    batchContract(open)
  })
}
