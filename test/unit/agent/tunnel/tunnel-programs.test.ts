import { describe, expect, it } from 'vitest'
import { TUNNEL_PROGRAMS } from '#ec/agent/tunnel/tunnel-programs.js'

describe('what a tunnel says', () => {
  it.each([
    [
      '2026-01-05T09:00:01Z INF |  https://four-words-of-it.trycloudflare.com   |',
      'https://four-words-of-it.trycloudflare.com',
    ],
    ['INF Requesting new quick Tunnel on trycloudflare.com...', null],
    ['see https://developers.cloudflare.com/cloudflare-one', null],
    ['https://evil.trycloudflare.com.example.org', null],
    ['http://plain.trycloudflare.com', null],
    ['', null],
  ])('cloudflared: %s', (line, url) => {
    expect(TUNNEL_PROGRAMS.cloudflared.readLine(line)).toBe(url)
  })

  it.each([
    ['{"msg":"started tunnel","url":"https://abc.ngrok.app/"}', 'https://abc.ngrok.app'],
    ['{"msg":"started tunnel","url":"http://abc.ngrok.app"}', null],
    ['{"msg":"started tunnel"}', null],
    ['{"msg":"client session established","url":"https://abc.ngrok.app"}', null],
    ['not JSON', null],
    ['null', null],
  ])('ngrok: %s', (line, url) => {
    expect(TUNNEL_PROGRAMS.ngrok.readLine(line)).toBe(url)
  })
})
