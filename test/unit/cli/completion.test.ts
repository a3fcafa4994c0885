import { describe, expect, it } from 'vitest'
import { COMMAND_TABLE } from '#ec/cli.js'
import { findWanted } from '#ec/cli/completion/find-wanted.js'
import { renderSuggestions } from '#ec/cli/completion/suggestion.js'
import { terminalLine } from '#ec/core/terminal-text.js'

function values(...words: string[]): readonly string[] {
  return findWanted(COMMAND_TABLE, words).suggestions.map(({ value }) => value)
}

function completes(...words: string[]): unknown {
  return findWanted(COMMAND_TABLE, words).completes
}

describe('what can stand at the cursor', () => {
  it('is a command first, then its verb', () => {
    expect(values('')).toContain('events')
    expect(values('')).toContain('help')
    expect(values('').filter(name => name === 'events')).toHaveLength(1)
    expect(values('events', '')).toEqual(expect.arrayContaining(['list', 'tail', 'explain']))
    expect(values('evnts', '')).toEqual([])
    expect(values('help', 'jobs', '')).toEqual(['list', 'show', 'retry'])
  })

  it.each([
    ['behind global flags and their values', ['--data-dir', 'events', '-q', 'jobs', '--json', '']],
    ['behind a flag with =', ['--url=http://x', 'jobs', '']],
  ])('is found %s', (_where, words) => {
    expect(values(...words)).toEqual(['list', 'show', 'retry'])
  })

  it('is a flag behind a dash, the own ones first, and none twice that counts once', () => {
    const flags = values('emit', '--level', 'info', '--data', 'a=b', '--')
    expect(flags[0]).toBe('--user')
    expect(flags).not.toContain('--level')
    expect(flags).toContain('--data')
    expect(flags).toEqual(expect.arrayContaining(['--json', '--color', '--no-color', '--help']))
    expect(values('agent', '--')).toContain('--no-tui')
  })

  it('is a flag too where no further word can stand', () => {
    expect(values('status', '')).toContain('--json')
    expect(values('events', 'show', 'evt_1', '')).toContain('--user')
    expect(values('events', 'show', 'evt_1', 'x')).toEqual([])
    expect(values('events', 'show', '--', 'evt_1', '')).toEqual([])
  })

  it('is the value of a flag, behind a blank and behind =', () => {
    expect(values('emit', '--level', '')).toEqual(['info', 'warning', 'error', 'critical'])
    expect(values('emit', '--level=')).toEqual(['info', 'warning', 'error', 'critical'])
    expect(completes('emit', '--type', '')).toBe('event type')
    expect(completes('emit', '--title', '')).toBeNull()
    expect(completes('--data-dir', '')).toBe('folder')
    // What a switch is followed by is no value of it.
    expect(values('emit', '--wait', '')).toContain('--level')
  })

  it('is the next item of a list, without those that stand there', () => {
    const wanted = findWanted(COMMAND_TABLE, ['emit', '--channels', 'ws,pu'])
    expect(wanted).toMatchObject({ begun: 'pu', kept: 'ws,' })
    expect(wanted.suggestions.map(({ value }) => value)).toEqual(['push', 'email', 'exec', 'webhook'])
  })

  it('is an argument, also the second of many', () => {
    expect(completes('events', 'read', 'evt_1', '')).toBe('event')
    expect(completes('jobs', 'retry', '')).toBe('dead job')
    expect(completes('resources', 'add', 'github', '--set', '')).toBe('provider setting')
    expect(findWanted(COMMAND_TABLE, ['resources', 'add', 'github', '--set', '']).args).toEqual(['github'])
    expect(completes('resources', 'set', 'an-id', '--set', '')).toBe('resource setting')
  })

  it('is a file or a folder in the command line of another program, and -- before it', () => {
    expect(values('run', '')[0]).toBe('--')
    expect(values('run', '--')).toContain('--title')
    expect(completes('run', '--', '')).toBe('file')
    expect(completes('run', '--', 'make', 'te')).toBe('file')
    expect(values('run', '--', 'make', '--')).toEqual([])
  })

  it('speaks of the agent that the line names', () => {
    expect(findWanted(COMMAND_TABLE, ['--data-dir', 'd', 'events', 'show', '']).globals).toEqual({ dataDir: 'd' })
  })
})

describe('the table', () => {
  const commands = Object.entries(COMMAND_TABLE.commands)

  it.each(commands)('says what every argument of `%s` completes to', (_name, { args }) => {
    for (const argument of Object.values(args)) expect(argument.choices ?? argument.completes).not.toBeNull()
  })

  it.each(commands)('says of every file, user and provider flag of `%s` that it is one', (_name, { flags }) => {
    for (const [key, flag] of Object.entries(flags)) {
      if (flag.value === 'file') expect(flag.completes).toBe('file')
      if (key === 'user') expect(flag.completes).toBe('user')
      if (key === 'provider') expect(flag.completes).toBe('provider')
    }
  })
})

describe('the answer to a shell', () => {
  it('keeps a value and its description on one line and apart', () => {
    expect(render('a', 'b\tc\nd\u001b[2J')).toBe('a\tb c d\n:36\n')
    expect(render('a b', '')).toBe('a b\n:36\n')
  })

  it.each(['a\tb', 'a\nb', 'a\u001b[2J', 'a\u009bb', 'a\u202eb', '', ':4', ' a'])(
    'leaves out what it would have to change: %j',
    value => {
      expect(render(value)).toBe(':36\n')
    },
  )

  it('says everything once, and not without end', () => {
    const many = Array.from({ length: 1000 }, (_, i) => ({ value: `v${i % 500}`, description: 'x'.repeat(500) }))
    const lines = renderSuggestions(many, terminalLine).split('\n').slice(0, -2)
    expect(new Set(lines).size).toBe(lines.length)
    expect(lines).toHaveLength(200)
    for (const line of lines) expect(line.length).toBeLessThan(100)
  })
})

function render(value: string, description = ''): string {
  return renderSuggestions([{ value, description }], terminalLine)
}
