import { gunzipSync } from 'node:zlib'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { open } from './calls.js'
import { shareDoors } from './doors.js'

const shared = shareDoors(atEnd => open({ atEnd }))
const BUILT = join(import.meta.dirname, '..', '..', '..', '..', 'dist', 'web')

async function ask(path: string, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(`${shared().doors.url}${path}`, {
    headers: { 'accept-encoding': 'identity', ...headers },
  })
  return { response, bytes: Buffer.from(await response.arrayBuffer()) }
}

describe('what browsers load', () => {
  it('comes to anybody, as it was built', async () => {
    const { response, bytes } = await ask('/client.js?v=1')
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(bytes).toEqual(readFileSync(join(BUILT, 'client.js')))
  })

  it('is asked for anew each time, and not sent again while it is the same', async () => {
    const { response } = await ask('/sw.js')
    expect(response.headers.get('cache-control')).toBe('no-cache')
    expect(response.headers.get('service-worker-allowed')).toBe('/')
    const etag = response.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]{22}"$/)
    const again = await ask('/sw.js', { 'if-none-match': `W/"other", ${etag}` })
    expect([again.response.status, again.bytes.length]).toEqual([304, 0])
    expect((await ask('/sw.js', { 'if-none-match': '"other"' })).response.status).toBe(200)
  })

  it.each([
    ['gzip', true],
    ['br, gzip;q=0.5', true],
    ['GZIP, deflate', true],
    ['br', false],
    ['gzip;q=0', false],
    ['gzip; q=0.0, br', false],
    ['x-gzip-like', false],
  ])('is compressed for who takes it: %s', async (accepted, compressed) => {
    const url = new URL('/client.js', shared().doors.url)
    const { get } = await import('node:http')
    const answer = await new Promise<{ encoding: string | undefined; body: Buffer }>((resolve, reject) => {
      get(url, { headers: { 'accept-encoding': accepted } }, response => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({ encoding: response.headers['content-encoding'], body: Buffer.concat(chunks) }),
        )
      }).on('error', reject)
    })
    expect(answer.encoding).toBe(compressed ? 'gzip' : undefined)
    const plain = compressed ? gunzipSync(answer.body) : answer.body
    expect(plain).toEqual(readFileSync(join(BUILT, 'client.js')))
  })

  it('is kept by browsers for good where its name changes with what is in it', async () => {
    const part = readdirSync(join(BUILT, 'client')).find(name => name.endsWith('.js')) ?? ''
    const { response, bytes } = await ask(`/client/${part}`)
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toContain('immutable')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(bytes).toEqual(readFileSync(join(BUILT, 'client', part)))
  })

  it.each([
    '/client/later-00000000.js',
    '/client/..%2fclient.js',
    '/client/%2e%2e%2f%2e%2e%2fmain.js',
    '/client/later',
  ])('of another version, or of no version, is not there: %s', async path => {
    const { response, bytes } = await ask(path)
    expect(response.status).toBe(404)
    expect(JSON.parse(String(bytes))).toMatchObject({ code: 'EC_NOT_FOUND' })
  })

  it('that is a page of ours may do nothing but load and ask what is ours', async () => {
    const { response } = await ask('/inbox?event=evt_1')
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const policy = response.headers.get('content-security-policy')?.split('; ')
    expect(policy).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "connect-src 'self'",
      "manifest-src 'self'",
      "worker-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ])
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin')
  })

  it('begins with the inbox', async () => {
    const response = await fetch(`${shared().doors.url}/`, { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([302, '/inbox'])
  })

  it('has a head without a body', async () => {
    const response = await fetch(`${shared().doors.url}/sw.js`, { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  it('is the worker for a site that has one, for pages of every origin', async () => {
    const { response } = await ask('/ec-sw.js')
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
  })

  it('has a manifest whose icons are there, of the sizes that it says', async () => {
    const { response, bytes } = await ask('/manifest.webmanifest')
    expect(response.headers.get('content-type')).toBe('application/manifest+json; charset=utf-8')
    const { icons, start_url, display } = JSON.parse(bytes.toString('utf8'))
    expect([start_url, display]).toEqual(['/inbox', 'standalone'])
    expect(icons.map(({ purpose }: { purpose: string }) => purpose)).toContain('maskable')
    for (const { src, sizes, type } of icons) {
      const icon = await ask(src)
      expect([src, icon.response.status, icon.response.headers.get('content-type')]).toEqual([src, 200, type])
      if (type !== 'image/png') continue
      // Width and height stand in the first chunk of a PNG.
      expect(`${icon.bytes.readUInt32BE(16)}x${icon.bytes.readUInt32BE(20)}`).toBe(sizes)
    }
    // The worker names these in its notifications.
    for (const name of ['icon-192.png', 'badge-96.png']) expect((await ask(`/icons/${name}`)).response.status).toBe(200)
  })
})
