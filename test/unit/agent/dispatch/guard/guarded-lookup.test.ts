import { connect } from 'node:net'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createGuardedLookup, type Resolve } from '#ec/agent/dispatch/guard/guarded-lookup.js'
import { isPublicAddress } from '#ec/core/public-address.js'

describe('the addresses behind a name', () => {
  it('are given when all of them are public', async () => {
    const lookup = createGuardedLookup(isPublicAddress, answering(['142.250.1.1', '2a00:1450::1']))
    expect(await ask(lookup, { all: true })).toEqual([
      { address: '142.250.1.1', family: 4 },
      { address: '2a00:1450::1', family: 6 },
    ])
    expect(await ask(lookup, {})).toBe('142.250.1.1')
  })

  it.each([['127.0.0.1'], ['10.1.2.3'], ['169.254.169.254'], ['::1'], ['::ffff:10.0.0.1'], ['fd00::1']])(
    'are refused when one of them is %s',
    async address => {
      const lookup = createGuardedLookup(isPublicAddress, answering(['142.250.1.1', address]))
      await expect(ask(lookup, { all: true })).rejects.toMatchObject({ code: 'EADDRREFUSED' })
    },
  )

  it('are judged at each connection, so that a name cannot turn private after it was looked at', async () => {
    const lookup = createGuardedLookup(isPublicAddress, answering(['142.250.1.1'], ['127.0.0.1']))
    await ask(lookup, { all: true })
    const socket = connect({ host: 'rebinding.example', port: 9, lookup })
    const [error] = await once(socket, 'error')
    expect(error).toMatchObject({ code: 'EADDRREFUSED' })
  })

  it('tell of a name that does not exist', async () => {
    await expect(ask(createGuardedLookup(isPublicAddress, missing), {})).rejects.toMatchObject({ code: 'ENOTFOUND' })
  })
})

const missing: Resolve = (_name, _options, callback) =>
  callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), [])

/** Answers each question with the next list, the last one again and again. */
function answering(...lists: readonly (readonly string[])[]): Resolve {
  let asked = 0
  return (_name, _options, callback) => {
    const list = lists[Math.min(asked, lists.length - 1)]!
    asked += 1
    callback(
      null,
      list.map(address => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }
}

function ask(lookup: ReturnType<typeof createGuardedLookup>, options: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    lookup('push.example', options, (error, address) => (error ? reject(error) : resolve(address)))
  })
}
