import { Worker } from 'node:worker_threads'
import { EcError } from '../../core/errors.ts'
import type { CopyReply, CopyTask } from './copy-protocol.ts'
import { reviveError } from './plain-error.ts'

/** Copies a store on a thread of its own. */
export function copyStore(task: CopyTask): Promise<void> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL('./copy-thread.js', import.meta.url), { workerData: task, name: 'ec-copy' })
    thread.once('message', (reply: CopyReply) => (reply.ok ? resolve() : reject(reviveError(reply.error))))
    thread.once('error', cause => reject(new EcError('EC_FILE', 'the store could not be copied', { cause })))
    // After its word this changes nothing.
    thread.once('exit', () => reject(new EcError('EC_FILE', 'the copying thread ended without a word')))
  })
}
