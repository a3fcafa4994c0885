import { KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { createVerifyContext } from '#ec/agent/receive/verify-context.js'
import type { ApiCall } from '#ec/core/api-call.js'
import { createSystemClock } from '#ec/core/clock.js'
import { createHttpDoor } from '#ec/core/http.js'
import { PublishedKeys } from '#ec/providers/gmail/published-keys.js'
import { FakeClock } from '../../../support/fake-clock.js'
import { jwksOf, makeKey, type TestKey } from '../../../support/google-token.js'
import { openStandIn } from '../../../support/stand-in.js'
import { aResource, NO_ENDPOINTS, RECEIVED_AT as NOW } from '../../../support/webhook.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

let first: TestKey
let second: TestKey
beforeAll(async () => {
  ;[first, second] = await Promise.all([makeKey('first'), makeKey('second')])
})

/** What the publisher answers from here on. */
let answer: (response: ServerResponse, nth: number) => void
beforeEach(() => {
  answer = publish(first)
})

function publish(...keys: readonly TestKey[]) {
  return (response: ServerResponse): void =>
    void response.writeHead(200, { 'cache-control': 'public, max-age=3600' }).end(jwksOf(...keys))
}

const fail = (response: ServerResponse): void => void response.writeHead(500).end('no')

/** The keys of a real publisher, asked for through the metered door. */
async function open() {
  const server = await openStandIn((_request, response, nth) => answer(response, nth))
  const clock = createSystemClock()
  const calls: ApiCall[] = []
  const network = createHttpDoor({
    clock,
    random: () => 0,
    record: call => void calls.push(call),
    retry: { maxAttempts: 2, baseMs: 1, capMs: 1 },
  })
  onTestFinished(() => network.close())
  const patience = new FakeClock()
  const endpoints = { ...NO_ENDPOINTS, googleCertsUrl: server.url }
  const contextOf = createVerifyContext({ network, endpoints, clock: patience, publicUrl: () => null })
  const { fetch } = contextOf(aResource('gmail'))
  const keys = new PublishedKeys(server.url)
  return { server, calls, patience, find: (kid: string, now: number) => keys.find(kid, now, fetch) }
}

describe('published keys', () => {
  it('are asked for once, however many wait for them', async () => {
    const { server, calls, find } = await open()
    const found = await Promise.all(Array.from({ length: 50 }, () => find('first', NOW)))
    expect(found.every(key => key !== null && key === found[0])).toBe(true)
    expect(server.seen).toHaveLength(1)
    expect(calls).toMatchObject([{ provider: 'gmail', operation: 'keys.get', cause: 'auth', status: 200 }])
  })

  it('are asked for again when their time is over', async () => {
    const { server, find } = await open()
    await find('first', NOW)
    await find('first', NOW + HOUR - 1)
    expect(server.seen).toHaveLength(1)
    answer = publish(second)
    expect(await find('first', NOW + HOUR)).toBeNull()
    expect(await find('second', NOW + HOUR)).not.toBeNull()
    expect(server.seen).toHaveLength(2)
  })

  it('are asked for when a new one is named, once a minute at most', async () => {
    const { server, find } = await open()
    await find('first', NOW)
    answer = publish(first, second)
    expect(await find('second', NOW + MINUTE - 1)).toBeNull()
    expect(server.seen).toHaveLength(1)
    expect(await find('second', NOW + MINUTE)).not.toBeNull()
    for (let n = 0; n < 100; n++) expect(await find(`made up ${n}`, NOW + MINUTE + n)).toBeNull()
    expect(server.seen).toHaveLength(2)
  })

  it('serve on for a day while nobody answers', async () => {
    const { server, find } = await open()
    await find('first', NOW)
    answer = fail
    expect(await find('first', NOW + HOUR)).not.toBeNull()
    expect(await find('first', NOW + HOUR + 4_999)).not.toBeNull()
    expect(server.seen).toHaveLength(2)
    expect(await find('first', NOW + 25 * HOUR - 1)).not.toBeNull()
    await expect(find('first', NOW + 25 * HOUR)).rejects.toMatchObject({ code: 'EC_KEYS_UNAVAILABLE' })
    answer = publish(second)
    expect(await find('second', NOW + 26 * HOUR)).not.toBeNull()
  })

  it('that cannot be had are a reason to come again', async () => {
    const { server, find } = await open()
    answer = fail
    const late = { code: 'EC_KEYS_UNAVAILABLE', status: 503, retryAfterMs: 10_000 }
    await expect(find('first', NOW)).rejects.toMatchObject(late)
    await expect(find('first', NOW + 4_999)).rejects.toMatchObject(late)
    expect(server.seen).toHaveLength(1)
    answer = publish(first)
    expect(await find('first', NOW + 5_000)).not.toBeNull()
  })

  it('do not wait for a clock that was set back', async () => {
    const { server, find } = await open()
    answer = fail
    await expect(find('first', NOW)).rejects.toMatchObject({ code: 'EC_KEYS_UNAVAILABLE' })
    answer = publish(first)
    expect(await find('first', NOW - HOUR)).not.toBeNull()
    expect(await find('first', NOW - 2 * HOUR)).not.toBeNull()
    expect(server.seen).toHaveLength(3)
  })

  it.each([
    ['says nothing', () => {}],
    ['begins and does not end', (response: ServerResponse) => void response.writeHead(200).write('{"keys":[')],
  ])('are not waited for longer than a sender waits, where the server %s', async (_name, slow) => {
    const { server, find, patience } = await open()
    const asked = new Promise<void>(resolve => {
      answer = response => {
        slow(response)
        resolve()
      }
    })
    const found = expect(find('first', NOW)).rejects.toMatchObject({ cause: { code: 'EC_TIMEOUT' } })
    await asked
    patience.advance(5_000)
    await found
    expect(server.seen).toHaveLength(1)
  })

  it.each([
    ['no JSON', '<html>'],
    ['no keys', '{"keys":[]}'],
    ['keys of other kinds', '{"keys":[{"kty":"EC","kid":"first"},{"kty":"RSA","kid":"first","use":"enc"},7]}'],
    ['too much', `{"keys":[${' '.repeat(256 * 1024)}]}`],
  ])('are none where the answer holds %s', async (_name, text) => {
    const { find } = await open()
    answer = response => void response.end(text)
    await expect(find('first', NOW)).rejects.toMatchObject({ code: 'EC_KEYS_UNAVAILABLE' })
  })

  it('are none where nobody listens', async () => {
    const { server, find } = await open()
    await new Promise(resolve => server.server.close(resolve))
    await expect(find('first', NOW)).rejects.toMatchObject({ code: 'EC_KEYS_UNAVAILABLE' })
  })

  it('may be certificates', async () => {
    const { find } = await open()
    const pem = readFileSync(join(import.meta.dirname, 'certificate.pem'), 'utf8')
    answer = response => void response.end(JSON.stringify({ 'from-a-certificate': pem, broken: 'no PEM', number: 7 }))
    const key = await find('from-a-certificate', NOW)
    expect(key && KeyObject.from(key).asymmetricKeyDetails).toMatchObject({ modulusLength: 2048 })
    expect(await find('broken', NOW)).toBeNull()
  })

  it.each([
    ['public, max-age=7200, must-revalidate', '0', 2 * HOUR],
    ['max-age=7200', '3600', HOUR],
    ['max-age=7200', 'soon', 2 * HOUR],
    ['max-age=0', '0', MINUTE],
    ['max-age=60', '999999', MINUTE],
    ['max-age=999999999', '0', 24 * HOUR],
    ['no-store', '0', HOUR],
  ])('with %j and an age of %s are kept accordingly', async (cacheControl, age, keptMs) => {
    const { server, find } = await open()
    answer = response => void response.writeHead(200, { 'cache-control': cacheControl, age }).end(jwksOf(first))
    await find('first', NOW)
    await find('first', NOW + keptMs - 1)
    expect(server.seen).toHaveLength(1)
    await find('first', NOW + keptMs)
    expect(server.seen).toHaveLength(2)
  })
})
