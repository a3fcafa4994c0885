import { describe, expect, it } from 'vitest'
import { COMMAND_TABLE } from '#ec/cli.js'
import { command } from '#ec/cli/command.js'
import {
  behind,
  choice,
  duration,
  flagName,
  list,
  many,
  off,
  on,
  one,
  optional,
  text,
  texts,
  whole,
} from '#ec/cli/flags.js'
import { GLOBAL_FLAGS } from '#ec/cli/globals.js'
import { answerHelp } from '#ec/cli/answer-help.js'
import { commandHelp, groupHelp, rootHelp, type Table } from '#ec/cli/help.js'
import { runProgram } from '#ec/cli/program.js'
import { isTopic, topicHelp, TOPICS } from '#ec/cli/topics.js'
import { CONFIG_KEYS } from '#ec/core/config-keys.js'
import { EcError } from '#ec/core/errors.js'
import { EXIT_CODES } from '#ec/core/exit-codes.js'
import { PROVIDERS } from '#ec/providers/index.js'

const HELP_IO = { columns: null, readVersion: async () => '1.2.3' }

let ran: { readonly name: string; readonly input: unknown } | null = null
let globals: unknown = null

const TABLE: Table = {
  groups: { things: 'things' },
  commands: {
    make: command({
      summary: 'make',
      examples: ['ec make'],
      args: { name: one('a name'), rest: optional('more') },
      flags: {
        title: text('text', 'a title'),
        data: texts('k=v', 'data'),
        channels: list('a,b', 'channels', ['ws', 'push']),
        level: choice(['low', 'high'], 'a level'),
        port: whole('n', 'a port', 0, 10),
        for: duration('a while'),
        wait: on('wait'),
        tui: off('plain'),
      },
      load: async () => async (_context, input) => void (ran = { name: 'make', input }),
    }),
    pass: command({
      summary: 'pass',
      examples: ['ec pass -- make'],
      args: { command: behind('a command') },
      flags: { title: text('text', 'a title') },
      load: async () => async (_context, input) => void (ran = { name: 'pass', input }),
    }),
    'things list': command({
      summary: 'list',
      examples: ['ec things list'],
      load: async () => async () => void (ran = { name: 'things list', input: {} }),
    }),
    'things read': command({
      summary: 'read',
      examples: ['ec things read a'],
      args: { ids: many('ids') },
      load: async () => async (_context, input) => void (ran = { name: 'things read', input }),
    }),
  },
}

/** As `main` does it: help first, then the parser. Gives what help or version print. */
async function run(...argv: string[]): Promise<string> {
  ran = null
  const help = await answer(argv)
  if (help !== null) return help
  await runProgram(TABLE, argv, {
    // No command of this table looks at it.
    createContext: async given => {
      globals = given
      return JSON.parse('{}')
    },
  })
  return ''
}

function answer(argv: readonly string[]): Promise<string | null> {
  return answerHelp(TABLE, argv, HELP_IO)
}

async function refusal(...argv: string[]): Promise<string> {
  const thrown: unknown = await run(...argv).catch((error: unknown) => error)
  return thrown instanceof EcError
    ? `${thrown.code}: ${thrown.message} / ${thrown.hint}`
    : `no error: ${String(thrown)}`
}

describe('a command line', () => {
  it('gives a command its arguments and flags as one object', async () => {
    await run('make', 'x', '--title', 'T', '--data', 'a=1', '--data', 'b=2', '--channels', 'ws, push', '--port', '7')
    expect(ran?.input).toMatchObject({ name: 'x', title: 'T', data: ['a=1', 'b=2'], channels: ['ws', 'push'], port: 7 })
  })

  it('leaves out what was not given, and gives switches that are on unless denied', async () => {
    await run('make', 'x')
    expect(ran?.input).toMatchObject({ name: 'x', tui: true })
    expect(ran?.input).not.toHaveProperty('title')
    await run('make', 'x', '--no-tui', '--wait', '--for', '2h', '--level', 'high', '--channels', '')
    expect(ran?.input).toMatchObject({ tui: false, wait: true, for: 7_200_000, level: 'high', channels: [] })
  })

  it('takes a value that looks like a flag after =, and anything after --', async () => {
    await run('make', '--title=--json', '--', '--strange')
    expect(ran?.input).toMatchObject({ title: '--json', name: '--strange' })
    expect(globals).not.toHaveProperty('json')
  })

  it.each([
    ['before', ['--json', '--data-dir', 'd', 'things', 'list']],
    ['between', ['things', '--json', '--data-dir', 'd', 'list']],
    ['after', ['things', 'list', '--json', '--data-dir=d']],
  ])('takes global flags %s the command', async (_where, argv) => {
    await run(...argv)
    expect(ran?.name).toBe('things list')
    expect(globals).toEqual({ json: true, dataDir: 'd' })
  })

  it('lets the later of two global flags win', async () => {
    await run('--color', '--url', 'http://a', 'things', 'list', '--no-color', '--url', 'http://b')
    expect(globals).toEqual({ color: false, url: 'http://b' })
  })

  it('leaves another command line as it is behind --', async () => {
    await run('--json', 'pass', '--title', 'T', '--', 'npm', 'test', '--', '--json', '-h')
    expect(ran?.input).toMatchObject({ title: 'T', command: ['npm', 'test', '--', '--json', '-h'] })
    expect(globals).toEqual({ json: true })
    expect(await refusal('pass', '--title', 'make', 'make', '-j4')).toBe(
      'EC_USAGE: the command of `ec pass` stands behind -- / ec pass -- make -j4',
    )
    expect(await refusal('pass', 'make', '--', 'test')).toContain('ec pass -- make test')
    expect(await refusal('pass', 'sh', '-c', 'a; b')).toContain('ec pass -- COMMAND')
    expect(await refusal('pass', '--')).toContain('missing required argument')
  })

  it('is not confused by the value of a global flag that is a command', async () => {
    await run('--config', 'make', 'things', 'read', 'a', 'b')
    expect(ran).toMatchObject({ name: 'things read', input: { ids: ['a', 'b'] } })
  })

  it.each([
    [['mak'], "unknown command 'mak' / did you mean make?"],
    [['things', 'lst'], "unknown command 'lst' / did you mean list?"],
    [['make', 'x', '--titel', 'T'], "unknown option '--titel' / did you mean --title?"],
    [['things'], '`ec things` takes one of list, read / see `ec help things`'],
    [['make'], "missing required argument 'name' / see `ec help make`"],
    [['things', 'read'], "missing required argument 'ids' / see `ec help things read`"],
    [['make', 'x', 'y', 'z'], 'too many arguments'],
    [['make', 'x', '--title'], 'argument missing'],
    [['make', 'x', '--port', '11'], 'It takes a whole number from 0 to 10.'],
    [['make', 'x', '--port', '1e1'], 'It takes a whole number from 0 to 10.'],
    [['make', 'x', '--for', 'long'], 'It takes a duration, as 90s, 24h or 7d.'],
    [['make', 'x', '--level', 'hihg'], 'It takes low, high. / did you mean high?'],
    [['make', 'x', '--level', 'extreme'], 'It takes low, high. / see `ec help make`'],
    [['make', 'x', '--channels', 'ws,pusch'], 'did you mean push?'],
    [['mkae', '--help'], 'there is no command `mkae` / did you mean `ec help make`?'],
    [['things', 'lst', '-h'], 'there is no command `things lst` / did you mean `ec help things list`?'],
    [['list'], "unknown command 'list' / did you mean `ec things list`?"],
    [['help', 'exit-code'], 'did you mean `ec help exit-codes`?'],
    [['help', '--jsn'], "unknown option '--jsn' / did you mean --json?"],
    [['help', 'mkae', '--json'], 'there is no command `mkae`'],
    [['--jsno'], "unknown option '--jsno' / did you mean --json?"],
    [['--url'], 'argument missing'],
    [['make', '--version'], "unknown option '--version'"],
    [['make', 'x', '--channels', 'ws,sms'], 'It takes ws, push.'],
    [['help', 'mak'], 'there is no command `mak` / did you mean `ec help make`?'],
  ])('that is not understood is refused with a next step: %j', async (argv, message) => {
    expect(await refusal(...argv)).toContain(message)
    expect(await refusal(...argv)).toMatch(/^EC_USAGE: /)
    expect(ran).toBeNull()
  })

  it('answers --version and --help on stdout and runs nothing', async () => {
    expect(await run('--version')).toBe('1.2.3\n')
    expect(await run('-V', '-q')).toBe('1.2.3\n')
    expect(JSON.parse(await run('--version', '--json'))).toMatchObject({ version: '1.2.3' })
    expect(await run('make', '--help')).toContain('ec make')
    expect(await run('things', '-h')).toContain('ec things')
    expect(ran).toBeNull()
  })
})

describe('help', () => {
  it.each([[[]], [['--help']], [['-h']], [['help']]])('on everything is answered for %j', async argv => {
    expect(await answer(argv)).toContain('Commands:')
  })

  it.each([
    [['-h', 'make'], 'ec make - make'],
    [['things', '-h', 'list'], 'ec things list - list'],
    [['make', 'x', '--nonsense', '--help'], 'ec make - make'],
    [['help', 'exit-codes'], 'interrupted (SIGINT)'],
    [['help', 'environment'], 'EC_TOKEN'],
    [['--data-dir', 'd', 'help'], 'Commands:'],
    [['-q', 'help', 'make'], 'ec make - make'],
    [['--no-color', 'help', 'things'], 'ec things - things'],
  ])('is given behind global flags too: %j', async (argv, text) => {
    expect(await run(...argv)).toContain(text)
    expect(ran).toBeNull()
  })

  it('begins with examples', () => {
    const help = commandHelp('make', TABLE.commands['make']!, null)
    expect(help.indexOf('Examples:')).toBeGreaterThan(0)
    expect(help.indexOf('Examples:')).toBeLessThan(help.indexOf('Usage:'))
  })

  it('is left alone by a command line that only looks like it', async () => {
    expect(await answer(['make'])).toBeNull()
    expect(await answer(['make', '--title', '--help'])).toBeNull()
    expect(await answer(['make', '--', '--help'])).toBeNull()
  })

  it.each([40, 63, 64, 80, 100])('keeps within %i columns, examples whole and no word torn', columns => {
    const { commands, groups } = COMMAND_TABLE
    const pages = [
      rootHelp(COMMAND_TABLE, columns),
      ...Object.keys(groups).map(group => groupHelp(COMMAND_TABLE, group, columns)),
      ...Object.keys(TOPICS).flatMap(topic => (isTopic(topic) ? [topicHelp(topic, columns)] : [])),
      ...Object.entries(commands).map(([name, spec]) => commandHelp(name, spec, columns)),
    ]
    const examples = new Set(Object.values(commands).flatMap(spec => spec.examples.map(line => `  ${line}`)))
    const whole = new Set(pages.flatMap(page => page.split('\n')))
    for (const example of examples) expect(whole).toContain(example)
    for (const line of whole) if (!examples.has(line)) expect(line.length, line).toBeLessThanOrEqual(columns)
    // The same words, however wide: nothing is cut, nothing hyphenated.
    expect(wordSet(rootHelp(COMMAND_TABLE, columns))).toEqual(wordSet(rootHelp(COMMAND_TABLE, null)))
  })

  it('as data has everything, in the order of the table', async () => {
    const all = JSON.parse((await answerHelp(COMMAND_TABLE, ['help', '--json'], HELP_IO)) ?? '')
    expect(all).toMatchObject({ schema: 1, name: 'ec', version: '1.2.3' })
    expect(all.commands.map(({ name }: { name: string }) => name)).toEqual(Object.keys(COMMAND_TABLE.commands))
    expect(all.exit_codes).toContainEqual({ code: 75, means: expect.any(String) })
    const names = all.environment.map(({ name }: { name: string }) => name)
    expect(names).toEqual(expect.arrayContaining(['EC_TOKEN', 'NO_COLOR', 'EC_HTTP_PORT']))
    const agent = all.commands.find(({ name }: { name: string }) => name === 'agent')
    expect(agent.flags[1]).toMatchObject({ name: '--port', kind: 'value', default: '8787', setting: 'http.port' })
    for (const { name, flags, arguments: args } of all.commands) {
      const spec = COMMAND_TABLE.commands[name]
      expect(flags).toHaveLength(Object.keys(spec?.flags ?? {}).length)
      expect(args).toHaveLength(Object.keys(spec?.args ?? {}).length)
    }
  })

  it.each([
    [['emit', '--help', '--json'], ['emit']],
    [
      ['help', 'jobs', '--json'],
      ['jobs list', 'jobs show', 'jobs retry'],
    ],
    [['--json', 'help', 'jobs', 'show'], ['jobs show']],
  ])('as data is of what was asked for: %j', async (argv, names) => {
    const part = JSON.parse((await answerHelp(COMMAND_TABLE, argv, HELP_IO)) ?? '')
    expect(part.commands.map(({ name }: { name: string }) => name)).toEqual(names)
    expect(part.global_flags).toHaveLength(Object.keys(GLOBAL_FLAGS).length)
  })
})

describe('the table of commands', () => {
  const commands = Object.entries(COMMAND_TABLE.commands)

  it.each(commands)('%s has an example that it understands', async (_name, spec) => {
    expect(spec.examples.length).toBeGreaterThan(0)
    for (const example of spec.examples) expect(example).toMatch(/^(EC_[A-Z_]+=\S+ )?ec /)
  })

  it.each(commands.flatMap(([name, { examples }]) => examples.map(example => [example, name] as const)))(
    '`%s` is parsed',
    async (example, name) => {
      let reached = ''
      const table = spyOn(name, () => (reached = name))
      await runProgram(table, wordsOf(example), {
        createContext: async () => JSON.parse('{}'),
      })
      expect(reached).toBe(name)
    },
  )

  it.each(commands)('%s loads code that exists', async (_name, spec) => {
    // A command that runs without a context fails in its own code, and not because there is none.
    const thrown: unknown = await spec.run(JSON.parse('{}'), () => JSON.parse('{}')).catch((error: unknown) => error)
    expect(String(thrown)).not.toMatch(/Cannot find|^TypeError: run is not a function/)
  })

  it.each(commands)('%s has no flag or argument that hides another', (_name, { args, flags }) => {
    const names = [...Object.keys(args), ...Object.keys(flags), ...Object.keys(GLOBAL_FLAGS)]
    expect(new Set(names).size).toBe(names.length)
    for (const key of Object.keys(flags)) expect(flagName(key)).toMatch(/^--[a-z]+(-[a-z]+)*$/)
  })

  it('has a word for every group, and no group without commands', () => {
    const groups = new Set(commands.flatMap(([name]) => (name.includes(' ') ? [name.split(' ')[0]] : [])))
    expect([...groups].sort()).toEqual(Object.keys(COMMAND_TABLE.groups).sort())
  })

  it.each(commands)('%s refers to commands and exit codes that exist', (_name, { seeAlso, exits }) => {
    for (const other of seeAlso) expect(Object.keys(COMMAND_TABLE.commands)).toContain(other)
    // From 125 on as `env` and shells have them, for a command that runs another.
    const known = [...Object.values(EXIT_CODES).map(({ code }) => code), 125, 126, 127]
    for (const code of Object.keys(exits)) expect(known).toContain(Number(code))
  })

  it.each(commands)('%s names settings that exist as defaults', (_name, { flags }) => {
    for (const { setting } of Object.values(flags)) if (setting !== null) expect(CONFIG_KEYS).toHaveProperty([setting])
  })

  it('names every provider in the help of `resources add`', () => {
    const help = commandHelp('resources add', COMMAND_TABLE.commands['resources add']!, null)
    for (const id of Object.keys(PROVIDERS)) expect(help).toContain(id)
  })
})

function wordSet(text: string): readonly string[] {
  return text.split(/\s+/).toSorted()
}

/** The table with one command that only says that it was reached. */
function spyOn(name: string, reached: () => void): Table {
  const spec = COMMAND_TABLE.commands[name]!
  return {
    ...COMMAND_TABLE,
    commands: { ...COMMAND_TABLE.commands, [name]: { ...spec, run: async () => (reached(), 0) } },
  }
}

/** What a shell makes of an example: variables before, quotes, redirections after. */
function wordsOf(example: string): string[] {
  const line = example.replace(/^EC_\S+ /, '').replace(/ >>? .*$/, '')
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(match => match[1] ?? match[2] ?? '')
  return words.slice(1)
}
