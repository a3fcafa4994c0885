import type { AgentRecord } from '../shared/agent-record.ts'
import { isObject } from '../shared/is-object.ts'
import type { Parcel } from '../shared/outbox.ts'
import type { Ports, Reply } from './ports.ts'

/** What came of telling the agent: it knows, it will never take it (and says why), or it could not be asked now. */
export type Errand =
  | { readonly type: 'done' }
  | { readonly type: 'refused'; readonly status: number; readonly winner: string | null }
  | { readonly type: 'later' }

/** Tells the agent one thing. `record` null: nobody is known who could say it. */
export async function run(ports: Pick<Ports, 'request'>, record: AgentRecord | null, parcel: Parcel): Promise<Errand> {
  if (parcel.kind === 'farewell') {
    const { base, device, secret } = parcel
    return errandOf(await ports.request('DELETE', `${base}/api/push/subscribe`, { device, secret }))
  }
  if (record === null) return { type: 'refused', status: 403, winner: null }
  const { base, device, secret } = record
  if (parcel.kind === 'answer') {
    const { question, option } = parcel
    return errandOf(await ports.request('POST', `${base}/api/push/answer`, { device, secret, question, option }))
  }
  const { event, what, at } = parcel
  const body = { device, secret, event, what, at: new Date(at).toISOString() }
  return errandOf(await ports.request('POST', `${base}/api/push/receipt`, body))
}

function errandOf({ status, body }: Reply): Errand {
  if (status >= 200 && status < 300) return { type: 'done' }
  // A proxy that lost its agent answers 5xx, an agent that is asked too much 429.
  if (status === 0 || status === 408 || status === 429 || status >= 500) return { type: 'later' }
  const winner = isObject(body) && isObject(body['winner']) ? body['winner']['option'] : null
  return { type: 'refused', status, winner: typeof winner === 'string' ? winner : null }
}
