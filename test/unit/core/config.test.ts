import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { devNull } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DEFAULT_CONFIG } from '#ec/core/config.js'
import { flattenSettings, nestSettings } from '#ec/core/config-layer.js'
import { CONFIG_KEYS, environmentName } from '#ec/core/config-keys.js'
import { unknownVariables } from '#ec/core/config-env.js'
import { reportConfig } from '#ec/core/config-layers.js'
import { configSchema } from '#ec/core/config-schema.js'
import { openTrustStore } from '#ec/core/config-trust.js'
import { readConfigFile } from '#ec/core/config-file.js'
import { EcError } from '#ec/core/errors.js'
import { loadConfig, type ConfigInput } from '#ec/core/load-config.js'
import { tempDir } from '../../support/temp-dir.ts'

interface Setup {
  readonly user?: string
  readonly project?: string
  readonly env?: Record<string, string>
  readonly flags?: Record<string, unknown>
  readonly file?: string
}

/** Configuration folders with these files in them. */
function given(setup: Setup = {}): ConfigInput {
  const dir = tempDir()
  const input = { configDir: join(dir, 'user'), cwd: join(dir, 'project') }
  mkdirSync(input.configDir)
  mkdirSync(input.cwd)
  if (setup.user !== undefined) writeFileSync(join(input.configDir, 'ec.config.yaml'), setup.user)
  if (setup.project !== undefined) writeFileSync(join(input.cwd, 'ec.config.yaml'), setup.project)
  const flags = Object.entries(setup.flags ?? {}).map(
    ([path, value]) => [path, { value, source: `--${path}` }] as const,
  )
  return { ...input, env: setup.env ?? {}, file: setup.file ?? null, flags: new Map(flags) }
}

async function failure(promise: Promise<unknown>): Promise<EcError> {
  const thrown: unknown = await promise.then(
    () => null,
    (error: unknown) => error,
  )
  if (thrown instanceof EcError) return thrown
  throw new Error(`expected an EcError, got ${String(thrown)}`)
}

describe('the keys, the schema and the defaults', () => {
  it('name the same settings', () => {
    expect(leaves(DEFAULT_CONFIG)).toEqual(Object.keys(CONFIG_KEYS).sort())
    expect(leaves(configSchema.parse({}))).toEqual(Object.keys(CONFIG_KEYS).sort())
  })

  it('agree on the defaults', () => {
    expect(configSchema.parse({})).toEqual(DEFAULT_CONFIG)
  })

  it('give every setting a variable of its own', () => {
    const names = Object.keys(CONFIG_KEYS).map(environmentName)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toContain('EC_RECEIVE_MAX_UNVERIFIED_BYTES')
  })
})

describe('layers', () => {
  it('are the defaults when nothing is said', async () => {
    const { config, origins } = await loadConfig(given())
    expect(config).toEqual(DEFAULT_CONFIG)
    expect(origins.get('http.port')).toEqual({ layer: 'default', source: null })
  })

  it.each([
    ['the user file over the defaults', { user: 'http: { port: 1 }' }, 1, 'user'],
    ['the project file over the user file', { user: 'http: { port: 1 }', project: 'http: { port: 2 }' }, 2, 'project'],
    ['the environment over files', { project: 'http: { port: 2 }', env: { EC_HTTP_PORT: '3' } }, 3, 'environment'],
    ['flags over the environment', { env: { EC_HTTP_PORT: '3' }, flags: { 'http.port': 4 } }, 4, 'flag'],
  ])('put %s', async (_name, setup, port, layer) => {
    const { config, origins } = await loadConfig(given(setup))
    expect(config.http.port).toBe(port)
    expect(origins.get('http.port')?.layer).toBe(layer)
  })

  it('take switches and fractions from files and variables, nested as deep as they are', async () => {
    const env = { EC_PUSH_GOVERNOR_ENABLED: 'false', EC_PUSH_GOVERNOR_RATE: '0.2' }
    const { config } = await loadConfig(given({ env, user: 'push: { governor: { min: 7 } }' }))
    expect(config.push.governor).toEqual({ enabled: false, min: 7, rate: 0.2 })
    expect((await loadConfig(given({ env: { EC_PUSH_GOVERNOR_ENABLED: 'true' } }))).config.push.governor.enabled).toBe(
      true,
    )
  })

  it('merge setting by setting and not file by file', async () => {
    const { config } = await loadConfig(
      given({ user: 'user: ana\nlog: { level: warn }', project: 'log: { level: debug }' }),
    )
    expect(config.user).toBe('ana')
    expect(config.log.level).toBe('debug')
  })

  it('take a named file in the place of both others', async () => {
    const input = given({ user: 'user: ana', project: 'user: ben' })
    writeFileSync(join(input.cwd, 'other.yaml'), 'log: { level: warn }')
    const { config } = await loadConfig({ ...input, file: 'other.yaml' })
    expect(config.user).toBe('me')
    expect(config.log.level).toBe('warn')
  })

  it('refuse a named file that does not exist', async () => {
    const error = await failure(loadConfig(given({ file: 'missing.yaml' })))
    expect(error.code).toBe('EC_FILE')
    expect(error.message).toContain('missing.yaml')
  })

  it('say on which line a setting stands', async () => {
    const input = given({ user: 'user: ana\nlog:\n  level: warn\n' })
    const { origins } = await loadConfig(input)
    expect(origins.get('log.level')?.source).toBe(`${join(input.configDir, 'ec.config.yaml')}:3`)
  })

  it('pass over an empty variable', async () => {
    const { config } = await loadConfig(given({ env: { EC_HTTP_PORT: '', EC_USER: '' } }))
    expect(config.http.port).toBe(8787)
    expect(config.user).toBe('me')
  })

  it('read lists, durations and rules from variables', async () => {
    const env = {
      EC_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
      EC_RETENTION_EVENTS: '12h',
      EC_ROUTE_RULES: '{"task.*": ["ws", "push"]}',
    }
    const { config } = await loadConfig(given({ env }))
    expect(config.trusted_proxies).toEqual(['10.0.0.0/8', '::1'])
    expect(config.retention.events).toBe(12 * 3_600_000)
    expect(config.route.rules).toEqual([{ pattern: 'task.*', channels: ['ws', 'push'] }])
  })

  it('reach every setting by its variable, however deep it lies', async () => {
    const env = { EC_EMAIL_DKIM_DOMAIN: 'example.org', EC_EMAIL_DKIM_SELECTOR: 'ec' }
    expect((await loadConfig(given({ env }))).config.email.dkim).toMatchObject({
      domain: 'example.org',
      selector: 'ec',
    })
    const settings = new Map(Object.keys(CONFIG_KEYS).map(key => [key, { value: key, source: 'here' }]))
    const nested = nestSettings(settings)
    expect(leaves(nested)).toEqual([...settings.keys()].sort())
    expect(flattenSettings(nested, () => 'here')).toEqual(settings)
  })

  it("take keys in the place of Google's from a variable, as http or https", async () => {
    const certs = 'http://127.0.0.1:9999/certs'
    expect((await loadConfig(given({ env: { EC_GOOGLE_CERTS_URL: certs } }))).config.google.certs_url).toBe(certs)
    await expect(loadConfig(given({ env: { EC_GOOGLE_CERTS_URL: 'file:///certs' } }))).rejects.toMatchObject({
      code: 'EC_CONFIG_INVALID',
    })
  })

  it.each([
    ['a list', 'route:\n  rules:\n    - { pattern: "task.*", channels: [ws] }\n    - { pattern: a.b, channels: [] }'],
    ['a map', 'route: { rules: { "task.*": [ws], a.b: [] } }'],
  ])('take rules as %s', async (_name, user) => {
    const { config } = await loadConfig(given({ user }))
    expect(config.route.rules).toEqual([
      { pattern: 'task.*', channels: ['ws'] },
      { pattern: 'a.b', channels: [] },
    ])
  })

  it('take an empty file for one that says nothing', async () => {
    expect((await loadConfig(given({ user: '# nothing yet\n' }))).config).toEqual(DEFAULT_CONFIG)
  })

  it('read a user of digits as a text', async () => {
    expect((await loadConfig(given({ user: 'user: 7' }))).config.user).toBe('7')
  })
})

describe('the data folder', () => {
  it('lies beside the file that names it', async () => {
    const input = given({ user: 'data_dir: ./data' })
    expect((await loadConfig(input)).config.data_dir).toBe(join(input.configDir, 'data'))
  })

  it('lies under the working directory when a variable or flag names it', async () => {
    const byVariable = given({ env: { EC_DATA_DIR: 'data' } })
    expect((await loadConfig(byVariable)).config.data_dir).toBe(join(byVariable.cwd, 'data'))
    const byFlag = given({ flags: { data_dir: 'other' }, env: { EC_DATA_DIR: 'data' } })
    expect((await loadConfig(byFlag)).config.data_dir).toBe(join(byFlag.cwd, 'other'))
  })
})

describe('mistakes', () => {
  it.each([
    [
      'an unknown key, with the nearest known one',
      'http:\n  prot: 1',
      ':2: http.prot is no setting; did you mean http.port?',
    ],
    ['an unknown section', 'retenton: {}', ':1: retenton is no setting; did you mean retention?'],
    ['a value of the wrong kind', '\nhttp:\n  port: high', ':3: http.port takes a whole number from 0 to 65535'],
    ['a duration without a unit', 'retention: { events: 90 }', ':1: retention.events takes a duration, as 90d'],
    ['no switch', 'push: { governor: { enabled: maybe } }', ':1: push.governor.enabled takes true or false'],
    ['more than all', 'push: { governor: { rate: 5 } }', ':1: push.governor.rate takes a number from 0 to 1'],
    ['a section that is empty', 'http:', ':1: http takes a map'],
    ['text that is not YAML', 'user: [', ':1: is not YAML'],
    ['a list where a map belongs', '- user', ': takes a map'],
    ['an engine that is not there yet', 'database_url: postgres://db/ec', 'comes with a later version'],
    ['an engine that nobody knows', 'database_url: mysql://db/ec', 'database_url takes postgres://'],
  ])('are told with their place: %s', async (_name, user, message) => {
    const error = await failure(loadConfig(given({ user })))
    expect(error.code).toBe('EC_CONFIG_INVALID')
    expect(error.message).toContain(message)
  })

  it('are told for a variable by its name', async () => {
    const error = await failure(loadConfig(given({ env: { EC_HTTP_PORT: 'high' } })))
    expect(error.message).toContain('EC_HTTP_PORT: http.port takes a whole number')
  })

  it('are told for a user id that no event could have, although no schema was needed otherwise', async () => {
    const error = await failure(loadConfig(given({ env: { EC_USER: 'a b' } })))
    expect(error.message).toContain('EC_USER: user takes 1 to 128 characters')
  })

  it('are told all at once', async () => {
    const error = await failure(
      loadConfig(given({ user: 'usr: ana\nlog: { level: loud }', env: { EC_HTTP_PORT: 'x' } })),
    )
    expect(error.details['errors']).toHaveLength(3)
  })

  it('do not hide behind a duplicate key', async () => {
    expect((await failure(loadConfig(given({ user: 'user: a\nuser: b' })))).message).toContain('not YAML')
  })

  it('never run code or build strange objects', async () => {
    const error = await failure(loadConfig(given({ user: '__proto__: { polluted: true }' })))
    expect(error.code).toBe('EC_CONFIG_INVALID')
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })
})

describe('trust', () => {
  const GUARDED = 'public: { url: "https://example.org" }\nuser: ben\n'

  it('is not needed for what opens no door', async () => {
    expect((await loadConfig(given({ project: 'user: ben\nhttp: { port: 9000 }' }))).config.user).toBe('ben')
  })

  it.each([
    'public: { port: 80 }',
    'data_dir: /tmp/x',
    'http: { host: 0.0.0.0 }',
    'http: { hosts: [evil.example] }',
    'http: { origins: ["https://evil.example"] }',
    'trusted_proxies: [10.0.0.0/8]',
    'channels: { exec: [{ name: a, command: [rm, -rf, /] }] }',
    'channels: { webhook: [{ name: a, url: "https://evil.example/", secret_env: A }] }',
  ])('is needed in the working directory for %s', async project => {
    const input = given({ project })
    const error = await failure(loadConfig(input))
    expect(error.code).toBe('EC_CONFIG_UNTRUSTED')
    expect(error.hint).toContain(`ec config trust ${join(input.cwd, 'ec.config.yaml')}`)
  })

  it('is not asked of the user file, nor of one that was named', async () => {
    expect((await loadConfig(given({ user: GUARDED }))).config.public.url).toBe('https://example.org')
    const input = given({ project: GUARDED })
    expect((await loadConfig({ ...input, file: 'ec.config.yaml' })).config.user).toBe('ben')
  })

  it('holds for the file as it was read, and ends when it changes', async () => {
    const input = given({ project: GUARDED })
    const path = join(input.cwd, 'ec.config.yaml')
    const file = await readConfigFile(path)
    openTrustStore(input.configDir).add(path, file!.hash)
    expect((await loadConfig(input)).config.public.url).toBe('https://example.org')
    writeFileSync(path, GUARDED.replace('example.org', 'example.net'))
    expect((await failure(loadConfig(input))).code).toBe('EC_CONFIG_UNTRUSTED')
  })

  it('is kept in a file for its owner alone', async () => {
    const input = given({ project: GUARDED })
    openTrustStore(input.configDir).add(join(input.cwd, 'ec.config.yaml'), 'abc')
    expect(statSync(join(input.configDir, 'trust.json')).mode & 0o777).toBe(0o600)
  })

  it('is reported without being refused', async () => {
    const report = await reportConfig(given({ project: GUARDED }))
    expect(report.problems).toEqual([])
    expect(report.files.map(file => file.untrusted)).toEqual([['public.url']])
  })
})

describe('a file that cannot be read', () => {
  it.skipIf(process.getuid?.() === 0)('is told, and not passed over', async () => {
    const input = given({ user: 'user: ana' })
    chmodSync(join(input.configDir, 'ec.config.yaml'), 0o000)
    expect((await failure(loadConfig(input))).code).toBe('EC_FILE')
  })

  it('is told when it is a folder', async () => {
    const input = given()
    const path = join(input.configDir, 'ec.config.yaml')
    mkdirSync(path)
    const error = await failure(loadConfig(input))
    expect(error.code).toBe('EC_CONFIG_INVALID')
    expect(error.message).toBe(`${path} is a folder, and no configuration file`)
  })

  it.skipIf(process.platform === 'win32')('is told when it is a pipe, without waiting for what comes out', async () => {
    const input = given()
    const path = join(input.configDir, 'ec.config.yaml')
    execFileSync('mkfifo', [path])
    const error = await failure(loadConfig(input))
    expect(error.code).toBe('EC_CONFIG_INVALID')
    expect(error.message).toContain(`${path} is a pipe`)
  })

  it('may be the null device: no configuration at all', async () => {
    const { config } = await loadConfig({ ...given({ user: 'user: ana' }), file: devNull })
    expect(config.user).toBe('me')
  })
})

function leaves(value: object, prefix = ''): string[] {
  return Object.entries(value)
    .flatMap(([name, child]: [string, unknown]) =>
      typeof child === 'object' && child !== null && !Array.isArray(child) && Object.keys(child).length > 0
        ? leaves(child, `${prefix}${name}.`)
        : [prefix + name],
    )
    .sort()
}

describe('channels of several layers', () => {
  it('may not give one name to two things, and the layers are named', async () => {
    const user = 'channels: { exec: [{ name: a, command: [logger] }] }'
    const hooks = JSON.stringify([{ name: 'a', url: 'https://hooks.example/', secret_env: 'A' }])
    const error = await failure(loadConfig(given({ user, env: { EC_CHANNELS_WEBHOOK: hooks } })))
    expect(error.code).toBe('EC_CONFIG_INVALID')
    expect(error.message).toContain('EC_CHANNELS_WEBHOOK: channels.webhook.0.name a is there twice')
  })
})

it('wonders at a variable that nothing reads, and not at those that a command of the agent hands on', () => {
  const given = { EC_EVENT_ID: 'evt_1', EC_EVENT_TYPE: 'a.b', EC_USER_ID: 'ann', EC_ATTEMPT: '1', EC_HTTP_PROT: '1' }
  expect(unknownVariables(given)).toEqual(['EC_HTTP_PROT is no variable of ec; did you mean EC_HTTP_PORT?'])
})
