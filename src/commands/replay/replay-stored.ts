import type { EcClient } from '../../client.ts'
import type { Clock } from '../../core/clock.ts'
import { EcError } from '../../core/errors.ts'
import { PassingResources } from './passing-resources.ts'
import { createReplayer } from './replayer.ts'
import { readStored } from './stored.ts'

interface Ports {
  readonly client: EcClient
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Of an agent elsewhere; null = where the agent says that it takes webhooks. */
  readonly url: string | null
}

/**
 * Sends one stored notification again and says in a line what came of it. With its own key it is a duplicate; `again`
 * gives it a new one. Rejects with an `EcError` where nothing could be sent.
 */
export async function replayStored({ client, clock, signal, url }: Ports, id: string, again: boolean): Promise<string> {
  const item = await readStored(client, id)
  if (item === null) {
    throw new EcError('EC_NOT_FOUND', `the body of ${id} is no longer kept`, { hint: 'choose a newer one' })
  }
  const passing = new PassingResources(client, '')
  const agent = { client, passing, url: url ?? (await client.status()).url }
  const changes = { edits: [], again, reSign: false, named: true }
  const replay = createReplayer({ changes, to: null, resourceId: null, agent, clock, signal })
  const { result, status, outcome, events, differences } = await replay(item)
  if (result === 'failed') throw new EcError('EC_REPLAY_DIFFERS', `${id}: ${differences.join('; ')}`, { hint: '' })
  const told = [`${id} sent again: ${status}`, outcome, countEvents(events.length), ...differences]
  const hint = result === 'duplicate' ? ['R sends it with a new key'] : []
  return [...told, ...hint].filter(Boolean).join('; ')
}

function countEvents(n: number): string {
  return n === 0 ? '' : `${n} event${n === 1 ? '' : 's'}`
}
