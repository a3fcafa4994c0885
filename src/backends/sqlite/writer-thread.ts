import { randomUUID } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { unpackCalls } from './packed-calls.ts'
import { toPlainError, type PlainError } from './plain-error.ts'
import { StoreFile, type UnitOutcome } from './store-file.ts'
import type { WriterReply, WriterRequest } from './writer-protocol.ts'

/**
 * The thread that owns the one connection that writes. While it waits for the disk, the main thread goes on answering.
 * It does one request after another and knows no time of day but what it is told.
 */
if (parentPort) serve(parentPort)

function serve(port: NonNullable<typeof parentPort>): void {
  const { file, now }: { file: string; now: number } = workerData
  const reply = (message: WriterReply): void => port.postMessage(message)
  let store: StoreFile
  try {
    store = new StoreFile(file, now, randomUUID)
    reply({ type: 'opened', meta: store.meta(), jobs: store.countJobs() })
  } catch (error) {
    reply({ type: 'failed', error: toPlainError(error) })
    port.close()
    return
  }
  port.on('message', (request: WriterRequest) => {
    try {
      reply(answer(request))
    } catch (error) {
      reply({ type: 'failed', error: toPlainError(error) })
    }
    if (request.type === 'close') port.close()
  })

  function answer(request: WriterRequest): WriterReply {
    switch (request.type) {
      case 'batch': {
        const began = performance.now()
        const outcomes = store.run(unpackCalls(request.cells), request.now)
        const tookMs = performance.now() - began
        return { type: 'batch', ...packOutcomes(outcomes), jobs: store.countJobs(), tookMs }
      }
      case 'swap':
        return {
          type: 'swapped',
          kept: store.swap(request.incoming, request.now),
          meta: store.meta(),
          jobs: store.countJobs(),
        }
      case 'close':
        store.close()
        return { type: 'closed' }
      default:
        return request satisfies never
    }
  }
}

/** Values without anything around them cross at a fraction of the cost, and hardly ever does a unit fail. */
function packOutcomes(outcomes: readonly UnitOutcome[]) {
  const failures = new Map<number, PlainError>()
  const values = outcomes.map((outcome, i) => {
    if (outcome.ok) return outcome.value
    failures.set(i, outcome.error)
    return null
  })
  return { values, failures }
}
