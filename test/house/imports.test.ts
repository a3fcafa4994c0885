import { readFileSync, readdirSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'

/**
 * Who may import whom. The flow runs one way: whoever reads a room must not have to know the rooms that use it, and a
 * provider, a backend or a stage can be taken out without a tear. `reason` is what a failing import is told.
 */
interface Rule {
  /** Files under this prefix ... */
  readonly from: string
  /** ... may import files under these. `{room}` stands for the file's own room, the part after the prefix. */
  readonly may: readonly string[]
  readonly reason: string
}

const RULES: readonly Rule[] = [
  { from: 'src/core/', may: ['src/core/'], reason: 'the words of the domain know nobody' },
  {
    from: 'src/providers/port/',
    may: ['src/core/', 'src/providers/port/'],
    reason: 'a port is spoken by both sides and knows neither; it is told in parts, by what they are about',
  },
  {
    from: 'src/providers/provider.ts',
    may: ['src/core/', 'src/providers/port/'],
    reason: 'a port is spoken by both sides and knows neither',
  },
  {
    from: 'src/providers/index.ts',
    may: ['src/core/', 'src/providers/'],
    reason: 'the list of providers names them, and nothing else',
  },
  ...['gmail', 'google-calendar'].map(id => ({
    from: `src/providers/${id}/`,
    may: ['src/core/', 'src/providers/provider.ts', `src/providers/${id}/`, 'src/providers/google/'],
    reason: 'a provider knows its port and the family that signs its accounts in, never another provider',
  })),
  {
    from: 'src/providers/',
    may: ['src/core/', 'src/providers/provider.ts', 'src/providers/{room}/'],
    reason: 'a provider knows its port, never another provider',
  },
  {
    from: 'src/backends/store.ts',
    may: ['src/core/', 'src/backends/facets/'],
    reason: 'a port knows neither side; it is told in parts, by what they are about',
  },
  {
    from: 'src/backends/facets/',
    may: ['src/core/', 'src/backends/facets/'],
    reason: 'a port knows neither side',
  },
  { from: 'src/backends/backend.ts', may: ['src/core/', 'src/backends/store.ts'], reason: 'a port knows neither side' },
  {
    from: 'src/backends/index.ts',
    may: ['src/core/', 'src/backends/'],
    reason: 'the list of backends puts them together, and nothing else',
  },
  {
    from: 'src/backends/',
    may: ['src/core/', 'src/backends/store.ts', 'src/backends/backend.ts', 'src/backends/{room}/'],
    reason: 'a backend knows its port, never another backend',
  },
  {
    from: 'src/agent/http/',
    may: ['src/core/', 'src/backends/store.ts', 'src/providers/provider.ts', 'src/agent/http/'],
    reason: 'the doors take an Api record and know no stage',
  },
  {
    from: 'src/agent/dispatch/',
    may: [
      'src/core/',
      'src/backends/store.ts',
      'src/backends/backend.ts',
      'src/agent/dispatch/',
      'src/agent/http/api.ts',
    ],
    reason: 'a stage knows core and the ports; stages meet in pipeline.ts and agent.ts',
  },
  ...[
    'receive',
    'accounts',
    'sync',
    'calendars',
    'events',
    'questions',
    'route',
    'identity',
    'house',
    'activity',
    'tunnel',
  ].map(stage => ({
    from: `src/agent/${stage}/`,
    may: [
      'src/core/',
      'src/backends/store.ts',
      'src/backends/backend.ts',
      'src/providers/provider.ts',
      'src/agent/http/api.ts',
      `src/agent/${stage}/`,
    ],
    reason: 'a stage knows core and the ports; stages meet in pipeline.ts and agent.ts',
  })),
  {
    from: 'src/agent/tui/',
    may: ['src/core/', 'src/client.ts', 'src/client/', 'src/agent/tui/'],
    reason: 'the screens see an agent as any client does, so that they can be attached to one elsewhere',
  },
  {
    from: 'src/agent/agent.ts',
    may: ['src/core/', 'src/agent/', 'src/backends/index.ts', 'src/providers/index.ts'],
    reason: 'the composition root knows everything under agent and the two lists',
  },
  {
    from: 'src/agent/',
    may: ['src/core/', 'src/backends/store.ts', 'src/backends/backend.ts', 'src/providers/provider.ts', 'src/agent/'],
    reason: 'pipeline and supervisor know the stages and the ports',
  },
  {
    from: 'src/commands/agent/',
    may: [
      'src/core/',
      'src/commands/',
      'src/cli/',
      'src/client/',
      'src/client.ts',
      'src/agent/agent.ts',
      'src/agent/tui/log-book.ts',
      'src/sandbox/start-sandbox.ts',
    ],
    reason: 'the one command that starts the agent, and with --sandbox its stand-ins',
  },
  {
    from: 'src/commands/doctor/probe-store.ts',
    may: ['src/core/', 'src/backends/sqlite/'],
    reason: 'reads a store without an agent, in a process of its own, and opens it as the backend does',
  },
  {
    from: 'src/commands/sandbox/run-sandbox.ts',
    may: ['src/core/', 'src/commands/', 'src/sandbox/start-sandbox.ts'],
    reason: 'the one command that starts the sandbox; the others speak with it over HTTP',
  },
  { from: 'src/sandbox/', may: ['src/core/', 'src/sandbox/'], reason: 'a stand-in knows the wire, not our code' },
  {
    from: 'src/commands/email/',
    may: ['src/core/', 'src/commands/', 'src/client.ts', 'src/agent/dispatch/email/'],
    reason: 'shows a mail and tries a mail server without an agent, by the code that the agent has for it',
  },
  {
    from: 'src/commands/show-screens.ts',
    may: ['src/core/', 'src/commands/', 'src/client.ts', 'src/agent/tui/'],
    reason: 'the one place that opens the screens',
  },
  {
    from: 'src/commands/',
    may: ['src/core/', 'src/commands/', 'src/cli/', 'src/client/', 'src/client.ts', 'src/providers/index.ts'],
    reason: 'commands speak with the agent through the client',
  },
  { from: 'src/client', may: ['src/core/', 'src/client/', 'src/client.ts'], reason: 'the client knows the wire alone' },
  {
    from: 'src/cli',
    may: ['src/core/', 'src/cli/', 'src/cli.ts', 'src/commands/', 'src/client.ts', 'src/client/'],
    reason: 'a table of lazy loaders, and what every command is given: output, configuration, the client',
  },
  { from: 'src/main.ts', may: ['src/'], reason: 'runs the program' },
  {
    from: 'web/worker/',
    may: ['src/core/', 'web/worker/', 'web/shared/'],
    reason: 'a service worker lives apart from every page; what it says to pages stands in web/shared',
  },
  {
    from: 'web/center/',
    may: ['src/core/', 'web/center/', 'web/shared/'],
    reason: 'the notification center works without any UI',
  },
  {
    from: 'web/push/',
    may: ['src/core/', 'web/push/', 'web/center/', 'web/shared/'],
    reason: 'push works without any UI',
  },
  {
    from: 'web/shared/',
    may: ['src/core/', 'web/shared/'],
    reason: 'pages and the worker share words, not code of theirs',
  },
  { from: 'web/', may: ['src/core/', 'web/'], reason: 'a browser knows the wire and the words of the domain alone' },
]

describe('imports', () => {
  const files = [...sourceFiles('src'), ...sourceFiles('web')]

  it('sees the whole house', () => {
    expect(files.length).toBeGreaterThan(60)
  })

  it.each(files)('%s imports only what its room may', file => {
    const rule = RULES.find(({ from }) => file.startsWith(from))
    if (!rule) throw new Error(`${file} stands in a room without a rule: add one to this test, with its reason`)
    const room = file.slice(rule.from.length).split('/')[0] ?? ''
    const may = rule.may.map(prefix => prefix.replace('{room}', room))
    const strangers = importsOf(file).filter(path => !may.some(prefix => path.startsWith(prefix)))
    expect(strangers, rule.reason).toEqual([])
  })

  it('loads Ink and React for the screens alone, and the screens only when they are shown', () => {
    const screens = files.filter(file => file.endsWith('.tsx'))
    expect(screens.length).toBeGreaterThan(0)
    for (const file of files) {
      const text = readFileSync(file, 'utf8')
      if (!screens.includes(file)) {
        expect(text, `${file} makes every command that loads it wait for React`).not.toMatch(
          /from '(?:ink|react)'|^import (?!type)[^\n]*\.tsx'/m,
        )
      }
    }
  })

  it('would catch a stage that imports another', () => {
    const stage = RULES.find(({ from }) => from === 'src/agent/route/')
    expect(stage?.may.some(prefix => 'src/agent/events/emitter.ts'.startsWith(prefix))).toBe(false)
  })
})

function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.tsx?$/.test(name))
    .map(name => posix.join(folder, name.split('\\').join('/')))
    .toSorted()
}

/** Files of ours that this one imports, statically, lazily or for types, as paths from the root. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(file), 'utf8')
  const specifiers = text.matchAll(/\bfrom\s+'(\.[^']+)'|\bimport\(\s*'(\.[^']+)'\s*\)|^import\s+'(\.[^']+)'/gm)
  return [...specifiers].map(match => posix.join(posix.dirname(file), match[1] ?? match[2] ?? match[3] ?? ''))
}
