import { Agent } from 'undici'
import { createHttpDoor, type HttpDoor } from '../../../core/http.ts'
import type { PushSenderOptions } from './push-sender.ts'

const CONNECTIONS = 16

/** The one door of all other requests, for push services that do not speak HTTP/2. */
export function openHttp1Door(options: PushSenderOptions & { readonly deadlineMs: number }): HttpDoor {
  const { clock, random, record, lookup, ca, deadlineMs } = options
  return createHttpDoor({
    clock,
    random,
    record,
    // The sender's own comes first, and holds for the body too.
    deadlineMs: 2 * deadlineMs,
    retry: { maxAttempts: 1, baseMs: 0, capMs: 0 },
    // Push services have rates of their own and answer 429; budgets are for accounts with providers.
    budgetOf: () => null,
    dispatcher: new Agent({
      connections: CONNECTIONS,
      headersTimeout: 0,
      connect: { lookup, ...(ca === undefined ? {} : { ca }) },
    }),
  })
}
