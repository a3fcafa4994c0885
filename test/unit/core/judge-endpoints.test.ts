import { expect, it } from 'vitest'
import { judgeEndpoints } from '#ec/core/judge-endpoints.js'

it.each([
  ['EC_GOOGLE_BASE_URL', 'https://www.googleapis.com/calendar/v3', 'ok'],
  ['EC_MICROSOFT_BASE_URL', 'https://graph.microsoft.us/v1.0', 'ok'],
  ['EC_GITHUB_BASE_URL', 'http://127.0.0.1:9000', 'ok'],
  ['EC_GITHUB_BASE_URL', 'http://localhost:9000', 'ok'],
  ['EC_GITHUB_BASE_URL', 'http://[::1]:9000', 'ok'],
  // However an address of this machine is written.
  ['EC_GITHUB_BASE_URL', 'http://0x7f.1:9000', 'ok'],
  ['EC_GITHUB_BASE_URL', 'https://127.0.0.1.evil.example', 'warn'],
  ['EC_GITHUB_BASE_URL', 'https://127.evil.example', 'warn'],
  ['EC_GOOGLE_BASE_URL', 'https://googleapis.com.evil.example', 'warn'],
  ['EC_GOOGLE_BASE_URL', 'https://evilgoogleapis.com', 'warn'],
  ['EC_GITHUB_BASE_URL', 'https://github.example.org/api/v3', 'warn'],
  ['EC_GITHUB_BASE_URL', 'http://api.github.com', 'fail'],
  ['EC_NOTION_BASE_URL', 'http://10.0.0.7', 'fail'],
  ['EC_NOTION_BASE_URL', 'no url', 'fail'],
] as const)('%s=%s: %s', (name, url, status) => {
  const result = judgeEndpoints([{ name, url }])
  expect(result).toMatchObject({ code: 'config.endpoints', status })
  if (status !== 'ok') expect(result.detail).toContain(name)
  if (status === 'fail') expect(result.hint).toBe(`give ${name} an https URL, or unset it`)
})

it('shows no password of a URL', () => {
  const { detail } = judgeEndpoints([{ name: 'EC_GITHUB_BASE_URL', url: 'https://ana:hunter2@git.example.org/api' }])
  expect(detail).toBe('EC_GITHUB_BASE_URL is https://git.example.org')
})

it('fails for the one in plain http, and names the others too', () => {
  const result = judgeEndpoints([
    { name: 'EC_GITHUB_BASE_URL', url: 'https://git.example.org' },
    { name: 'EC_NOTION_BASE_URL', url: 'http://notion.example.org' },
  ])
  expect(result.status).toBe('fail')
  expect(result.detail).toBe(
    'EC_GITHUB_BASE_URL is https://git.example.org, EC_NOTION_BASE_URL is http://notion.example.org',
  )
})
