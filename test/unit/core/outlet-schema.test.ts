import { describe, expect, it } from 'vitest'
import { configSchema } from '#ec/core/config-schema.js'

const hook = { name: 'hook', url: 'https://hooks.example/x', secret_env: 'HOOK_SECRET' }
const command = { name: 'log', command: ['logger'] }

function problems(channels: unknown): readonly string[] {
  const result = configSchema.safeParse({ channels })
  return result.success ? [] : result.error.issues.map(issue => `${issue.path.join('.')} ${issue.message}`)
}

describe('`channels` of the configuration', () => {
  it('fills in what is left out, and is closed by default', () => {
    const { channels } = configSchema.parse({ channels: { exec: [command], webhook: [hook] } })
    expect(channels).toEqual({
      exec: [{ ...command, timeout_s: 30 }],
      webhook: [{ ...hook, allow_http: false, allow_private: false }],
    })
    expect(configSchema.parse({}).channels).toEqual({ exec: [], webhook: [] })
  })

  it.each([
    [{ exec: 'logger' }, 'channels.exec takes a list'],
    [{ exec: ['logger'] }, 'channels.exec.0 takes a map with name and command'],
    [{ exec: [{ ...command, command: 'logger -t ec' }] }, 'channels.exec.0.command takes a list'],
    [{ exec: [{ ...command, command: [] }] }, 'channels.exec.0.command takes at least the program'],
    [{ exec: [{ ...command, command: ['a\0b'] }] }, 'channels.exec.0.command.0 must not hold a zero byte'],
    [{ exec: [{ ...command, timeout_s: 0 }] }, 'channels.exec.0.timeout_s takes seconds'],
    [{ exec: [{ ...command, timeout_s: 46 }] }, 'channels.exec.0.timeout_s takes seconds'],
    [{ exec: [{ ...command, name: 'Log It' }] }, 'channels.exec.0.name takes a name'],
    [{ exec: [{ ...command, users: [] }] }, 'channels.exec.0.users names nobody'],
    [{ exec: [{ ...command, types: ['*.x'] }] }, 'channels.exec.0.types.0 takes a type pattern'],
    [{ exec: [command, command] }, 'channels.exec.1.name log is there twice'],
    [{ exec: [{ ...command, name: 'hook' }], webhook: [hook] }, 'channels.webhook.0.name hook is there twice'],
    [{ webhook: [{ ...hook, url: 'ftp://x' }] }, 'channels.webhook.0.url takes an http or https URL'],
    [{ webhook: [{ ...hook, url: 'https://a:b@x/' }] }, 'channels.webhook.0.url takes an http or https URL'],
    [{ webhook: [{ ...hook, url: 'http://x/' }] }, 'channels.webhook.0.url is not https'],
    [{ webhook: [{ ...hook, url: 'https://10.0.0.1/' }] }, 'channels.webhook.0.url leads into a network of your own'],
    [{ webhook: [{ ...hook, url: 'https://[::1]/' }] }, 'channels.webhook.0.url leads into a network of your own'],
    [{ webhook: [{ ...hook, secret_file: '/x' }] }, 'channels.webhook.0.secret_file takes either'],
    [{ webhook: [{ ...hook, secret_env: undefined }] }, 'channels.webhook.0.secret_file takes either'],
    [
      { webhook: [{ ...hook, secret_env: undefined, secret_file: 'x' }] },
      'channels.webhook.0.secret_file takes a whole',
    ],
    [{ webhook: [{ ...hook, headers: { 'Webhook-Id': 'x' } }] }, 'is a header that the request sets itself'],
    [{ webhook: [{ ...hook, headers: { Host: 'x' } }] }, 'is a header that the request sets itself'],
    [{ webhook: [{ ...hook, headers: { a: 'x\r\nb: y' } }] }, 'channels.webhook.0.headers.a takes printable ASCII'],
  ])('refuses %j', (channels, problem) => {
    expect(problems(channels).join('\n')).toContain(problem)
  })

  it.each([
    [{ ...hook, url: 'http://x/', allow_http: true }],
    [{ ...hook, url: 'https://10.0.0.1/', allow_private: true }],
    [{ ...hook, url: 'https://1.1.1.1/' }],
    [{ ...hook, secret_env: undefined, secret_file: '~/hook.secret', headers: { authorization: 'Bearer T' } }],
  ])('takes %j', one => {
    expect(problems({ webhook: [one] })).toEqual([])
  })
})
