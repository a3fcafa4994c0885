import { parentPort, workerData } from 'node:worker_threads'
import { backUp, prepareReplacement } from './copies.ts'
import type { CopyReply, CopyTask } from './copy-protocol.ts'
import { toPlainError } from './plain-error.ts'

/** The thread that copies whole stores, so that reads and writes go on meanwhile. */
if (parentPort) parentPort.postMessage(perform(workerData))

function perform(task: CopyTask): CopyReply {
  try {
    if (task.type === 'back up') backUp(task.file, task.target)
    else prepareReplacement(task.backup, task.incoming, task.epoch)
    return { ok: true }
  } catch (error) {
    return { ok: false, error: toPlainError(error) }
  }
}
