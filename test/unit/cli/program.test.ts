import { describe, expect, it } from 'vitest'
import { COMMAND_TABLE } from '#ec/cli.js'
import { command } from '#ec/cli/command.js'
import { choice, duration, flagName, list, many, off, on, one, optional, text, texts, whole } from '#ec/cli/flags.js'
import { GLOBAL_FLAGS } from '#ec/cli/globals.js'
import { answerHelp, commandHelp, type Table } from '#ec/cli/help.js'
import { runProgram } from '#ec/cli/program.js'
import { EcError } from '#ec/core/errors.js'
import { PROVIDERS } from '#ec/providers/index.js'

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

async function run(...argv: string[]): Promise<string> {
  ran = null
  let printed = ''
  await runProgram(TABLE, argv, {
    print: text => void (printed += text),
    readVersion: async () => '1.2.3',
    columns: null,
    // No command of this table looks at it.
    createContext: async given => {
      globals = given
      return JSON.parse('{}')
    },
  })
  return printed
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
    [['make', 'x', '--level', 'loud'], 'Allowed choices are low, high.'],
    [['make', 'x', '--channels', 'ws,sms'], 'It takes ws, push.'],
    [['help', 'mak'], 'there is no command `mak` / did you mean `ec help make`?'],
  ])('that is not understood is refused with a next step: %j', async (argv, message) => {
    expect(await refusal(...argv)).toContain(message)
    expect(await refusal(...argv)).toMatch(/^EC_USAGE: /)
    expect(ran).toBeNull()
  })

  it('answers --version and --help on stdout and runs nothing', async () => {
    expect(await run('--version')).toBe('1.2.3\n')
    expect(await run('make', '--help')).toContain('ec make')
    expect(await run('things', '-h')).toContain('ec things')
    expect(ran).toBeNull()
  })
})

describe('help', () => {
  it.each([[[]], [['--help']], [['-h']], [['help']]])('on everything is answered for %j', argv => {
    expect(answerHelp(TABLE, argv, null)).toContain('Commands:')
  })

  it.each([
    [['--json'], 'Commands:'],
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

  it('is left to the parser for what does not exist', () => {
    expect(answerHelp(TABLE, ['help', 'mkae'], null)).toBeNull()
    expect(answerHelp(TABLE, ['make'], null)).toBeNull()
  })

  it('keeps within the width of the terminal', () => {
    for (const [name, spec] of Object.entries(COMMAND_TABLE.commands)) {
      const prose = commandHelp(name, spec, 80)
        .split('\n')
        .filter(line => !line.includes('ec '))
      for (const line of prose) expect(line.length, line).toBeLessThanOrEqual(80)
    }
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
        print: () => {},
        readVersion: async () => '',
        columns: null,
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

  it('names every provider in the help of `resources add`', () => {
    const help = commandHelp('resources add', COMMAND_TABLE.commands['resources add']!, null)
    for (const id of Object.keys(PROVIDERS)) expect(help).toContain(id)
  })
})

/** The table with one command that only says that it was reached. */
function spyOn(name: string, reached: () => void): Table {
  const spec = COMMAND_TABLE.commands[name]!
  return {
    ...COMMAND_TABLE,
    commands: { ...COMMAND_TABLE.commands, [name]: { ...spec, run: async () => reached() } },
  }
}

/** What a shell makes of an example: variables before, quotes, redirections after. */
function wordsOf(example: string): string[] {
  const line = example.replace(/^EC_\S+ /, '').replace(/ >>? .*$/, '')
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(match => match[1] ?? match[2] ?? '')
  return words.slice(1)
}
