import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { createOrigins } from '#ec/agent/http/origins.js'
import { createSchemeReader } from '#ec/agent/http/request-scheme.js'

interface Asked {
  readonly host?: string
  readonly site?: string
  readonly proto?: string
  readonly named?: readonly string[]
  readonly publicUrl?: string
  /** Whether the peer is a proxy that is believed. */
  readonly proxied?: boolean
}

function isAllowed(origin: string, asked: Asked = {}): boolean {
  const { host = 'ec.local:8787', named = [], publicUrl = null, proxied = false } = asked
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: '10.1.2.3' })
  const request = new IncomingMessage(socket)
  request.headers.host = host
  if (asked.site !== undefined) request.headers['sec-fetch-site'] = asked.site
  if (asked.proto !== undefined) request.headers['x-forwarded-proto'] = asked.proto
  const schemeOf = createSchemeReader(proxied ? ['10.0.0.0/8'] : [])
  return createOrigins(named, () => publicUrl, schemeOf).isAllowed(origin, request)
}

describe('origins', () => {
  it.each([
    ['our own, as the browser came', 'http://ec.local:8787', {}],
    ['our own on a port that goes without saying', 'http://ec.local', { host: 'ec.local:80' }],
    ['our own in whichever case', 'http://ec.local:8787', { host: 'EC.local:8787' }],
    ['one that was named', 'https://app.example', { named: ['https://app.example'] }],
    ['that of the public URL', 'https://ec.example', { publicUrl: 'https://ec.example/', host: 'ec.example' }],
    [
      'that of the public URL, whatever name the proxy passes',
      'https://ec.example',
      { publicUrl: 'https://ec.example' },
    ],
    [
      'our own behind a trusted proxy that speaks https',
      'https://ec.local',
      { host: 'ec.local', proto: 'https', proxied: true },
    ],
    ['our own behind two proxies', 'https://ec.local', { host: 'ec.local', proto: 'https, http', proxied: true }],
    [
      'our own behind a proxy that nobody told us of, by the word of the browser',
      'https://ec.local',
      { host: 'ec.local', site: 'same-origin' },
    ],
  ] satisfies [string, string, Asked][])('%s may act for a person', (_, origin, asked) => {
    expect(isAllowed(origin, asked)).toBe(true)
  })

  it.each([
    ['null', 'null', {}],
    ['nothing', '', {}],
    ['another scheme', 'https://ec.local:8787', {}],
    ['no scheme of a page', 'chrome-extension://ec.local:8787', {}],
    ['a file', 'file://', {}],
    ['another port', 'http://ec.local:8788', {}],
    ['the port that goes without saying', 'http://ec.local', {}],
    ['a subdomain', 'http://a.ec.local:8787', {}],
    ['the parent domain', 'http://local:8787', {}],
    ['ours as the beginning of another', 'http://ec.local.evil.example:8787', {}],
    ['ours as the end of another', 'http://evilec.local:8787', {}],
    ['ours as the user of another', 'http://ec.local:8787@evil.example', {}],
    ['ours with a path', 'http://ec.local:8787/', {}],
    ['ours with a final dot', 'http://ec.local.:8787', {}],
    ['ours in capitals, as no browser writes it', 'HTTP://EC.LOCAL:8787', {}],
    ['two at once', 'http://ec.local:8787 http://evil.example', {}],
    ['a subdomain of one that was named', 'https://a.app.example', { named: ['https://app.example'] }],
    ['another scheme of one that was named', 'http://app.example', { named: ['https://app.example'] }],
    ['another port of one that was named', 'https://app.example:8443', { named: ['https://app.example'] }],
    ['ours as a suffix of one that was named', 'https://app.example.evil.example', { named: ['https://app.example'] }],
    [
      'the other scheme of the public URL',
      'http://ec.example',
      { publicUrl: 'https://ec.example', host: 'ec.example' },
    ],
    ['the other scheme behind a trusted proxy', 'http://ec.local', { host: 'ec.local', proto: 'https', proxied: true }],
    ['https by the word of somebody who is no proxy', 'https://ec.local', { host: 'ec.local', proto: 'https' }],
    ['another host, whatever else is said', 'http://evil.example', { site: 'same-origin' }],
  ] satisfies [string, string, Asked][])('%s may not', (_, origin, asked) => {
    expect(isAllowed(origin, asked)).toBe(false)
  })
})
