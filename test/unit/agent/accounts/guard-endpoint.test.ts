import { describe, expect, it } from 'vitest'
import { mayCarryToken } from '#ec/agent/accounts/guard-endpoint.js'

const HOSTS = ['.googleapis.com', 'exact.example.org']
const ALLOWED = ['https://proxy.example.org:8443/path', 'http://plain.example.org', 'no url']

describe('where a token may go', () => {
  it.each([
    ['https://www.googleapis.com/calendar/v3', true],
    ['https://gmail.googleapis.com/', true],
    ['https://exact.example.org/', true],
    ['http://127.0.0.1:8080/x', true],
    ['http://localhost/x', true],
    ['https://[::1]:9/x', true],
    ['https://proxy.example.org:8443/other', true],
    ['https://proxy.example.org/other', false],
    ['http://plain.example.org/', false],
    ['http://www.googleapis.com/', false],
    ['https://www.googleapis.com:444/', false],
    ['https://googleapis.com.example.org/', false],
    ['https://evilgoogleapis.com/', false],
    ['https://sub.exact.example.org/', false],
    ['https://127.0.0.1.example.org/', false],
    ['https://user@evil.example.org/', false],
    ['ftp://www.googleapis.com/', false],
  ])('%s: %s', (url, may) => {
    expect(mayCarryToken(new URL(url), HOSTS, ALLOWED)).toBe(may)
  })
})
