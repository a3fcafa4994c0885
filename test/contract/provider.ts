import { describe, expect, it } from 'vitest'
import type { Provider } from '#ec/providers/provider.js'
import { readFixtures } from '../support/fixture-files.js'

import { testDescriptions } from './provider/descriptions.js'
import { testFixtures } from './provider/fixtures.js'
import { HMAC_OF_BODY, type ProofTraits } from './provider/proof-traits.js'
import { testReceiver } from './provider/receiver.js'

/** What every provider that receives webhooks must keep; run on each of the list. */
export function testProvider(id: string, provider: Provider, traits: ProofTraits = HMAC_OF_BODY): void {
  const { receiver } = provider
  it('goes by the id that it is listed under', () => {
    expect(provider.id).toBe(id)
    expect(provider.title).not.toBe('')
  })
  if (!receiver) return

  const files = readFixtures(id)
  describe('receiver', async () => testReceiver(provider, files, traits))
  describe('fixtures', () => testFixtures(id, provider, files))
  describe('descriptions', () => testDescriptions(id, provider, receiver, files))
}
