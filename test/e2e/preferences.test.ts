import { expect, it } from 'vitest'
import { makeHome, runCli, startAgentProcess, type Home } from '../support/cli.ts'

async function ec(home: Home, ...args: readonly string[]): Promise<string> {
  const result = await runCli(home, args)
  expect(result).toMatchObject({ code: 0 })
  return result.stdout
}

/** The steps of the plan that an event gets, as `ws send/default`. */
async function planOf(home: Home, ...args: readonly string[]): Promise<readonly string[]> {
  const { plan } = JSON.parse(await ec(home, 'emit', '--user', 'ana', ...args, '--json'))
  return plan.steps.map((step: Record<string, string>) => `${step['channel']} ${step['action']}/${step['reason']}`)
}

it('a person says what to hear of, and the next event goes by it, across a restart too', async () => {
  const home = makeHome()
  const agent = await startAgentProcess(home)
  const task = ['--type', 'task.created', '--title', 'Water the plants'] as const

  const nobody = await runCli(home, ['prefs', 'show'])
  expect(nobody).toMatchObject({ code: 0, stdout: '', stderr: 'me wants nothing in particular: the rules decide\n' })
  expect(await runCli(home, ['prefs', 'show', '--user', 'mistyped'])).toMatchObject({ code: 6 })

  expect(await planOf(home, ...task)).toContain('ws send/default')
  await ec(home, 'prefs', 'mute', '--user', 'ana', '--type', 'task.*', '--for', '2h')
  expect(await planOf(home, ...task)).toContain('ws suppress/muted')
  expect(await planOf(home, ...task, '--level', 'critical')).toContain('ws send/default')

  const muted = JSON.parse(await ec(home, 'emit', '--user', 'ana', ...task, '--json'))
  expect(await ec(home, 'events', 'explain', muted.id)).toMatch(
    /ws: not sent, ana muted task\.\* until \S+; `ec prefs unmute --user ana --type "task\.\*"`/,
  )
  const listed = JSON.parse(await ec(home, 'events', 'list', '--user', 'ana', '--json'))
  expect(listed.events.map((event: { id: string }) => event.id)).toContain(muted.id)

  await ec(home, 'prefs', 'quiet-hours', '--user', 'ana', '--from', '22:00', '--to', '07:00', '--tz', 'Europe/Madrid')
  expect(await runCli(home, ['prefs', 'quiet-hours', '--user', 'ana'])).toMatchObject({
    code: 0,
    stderr: 'ana has quiet hours every day 22:00-07:00 Europe/Madrid, but for critical\n',
  })
  const both = await runCli(home, ['prefs', 'quiet-hours', '--user', 'ana', '--off', '--from', '23:00'])
  expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('--off goes alone') })
  expect(both.stderr).toContain('next: see `ec help prefs quiet-hours`')
  await ec(home, 'prefs', 'set', '--user', 'ana', '--service', 'notes', '--ws', 'off')
  await ec(home, 'prefs', 'cap', 'push', '--user', 'ana', '--per-hour', '5', '--per-day', '20')
  await ec(home, 'prefs', 'keep', '--user', 'ana', '--type', 'build.*')
  expect(JSON.parse(await ec(home, 'prefs', 'show', '--user', 'ana', '--json'))).toEqual({
    quiet_hours: { from: '22:00', to: '07:00', tz: 'Europe/Madrid' },
    mute: [{ type: 'task.*', until: expect.any(String) }],
    channels: [{ service: 'notes', ws: false }],
    caps: { push: { per_hour: 5, per_day: 20 } },
    digest: { every: 'daily', at: '08:00' },
    keep: ['build.*'],
  })
  expect(await ec(home, 'prefs', 'show', '--user', 'ana')).toMatch(
    /every day\s+22:00-07:00 Europe\/Madrid, but for critical[^]*task\.\*\s+until[^]*service notes\s+ws off[^]*push\s+5 an hour, 20 a day[^]*keep\s+build\.\*\s+push, however few are opened/,
  )
  await ec(home, 'prefs', 'keep', '--user', 'ana', '--type', 'build.*', '--off')
  const unkept = await runCli(home, ['prefs', 'keep', '--user', 'ana', '--type', 'build.*', '--off'])
  expect(unkept).toMatchObject({ code: 6, stderr: expect.stringContaining('that is not kept') })

  expect(await runCli(home, ['prefs', 'digest', '--user', 'ana'])).toMatchObject({
    code: 0,
    stderr: 'ana gets a digest daily at 08:00\n',
  })
  await ec(home, 'prefs', 'set', '--user', 'ana', '--type', 'job.done', '--email', 'digest')
  const weekly = ['--every', 'weekly', '--weekday', 'fri', '--at', '16:00', '--tz', 'Asia/Kolkata', '--min-items', '3']
  expect(await ec(home, 'prefs', 'digest', '--user', 'ana', ...weekly)).toMatch(
    /job\.done\s+email in the digest[^]*digest\s+-\s+weekly on fri at 16:00 Asia\/Kolkata, from 3 on/,
  )
  expect(JSON.parse(await ec(home, 'prefs', 'digest', '--user', 'ana', '--json')).digest).toEqual({
    every: 'weekly',
    weekday: 'fri',
    at: '16:00',
    tz: 'Asia/Kolkata',
    min_items: 3,
  })
  expect(await ec(home, 'prefs', 'digest', '--user', 'ana', '--off')).toMatch(/digest\s+-\s+off/)
  const rare = await runCli(home, ['prefs', 'digest', '--user', 'ana', '--every', '*/5 * * * *'])
  expect(rare).toMatchObject({ code: 4 })
  expect(rare.stderr).toContain('at most once an hour')

  expect(await agent.stop()).toBe(0)
  await startAgentProcess(home)
  expect(await planOf(home, ...task)).toContain('ws suppress/muted')
  expect(await planOf(home, '--type', 'note.changed', '--title', 'Changed', '--data', 'service=notes')).toContain(
    'ws suppress/preference',
  )
  expect(JSON.parse(await ec(home, 'users', 'export', 'ana'))).toMatchObject({
    preferences: { mute: [{ type: 'task.*' }], keep: [] },
    engagement: [],
  })
  await ec(home, 'prefs', 'unmute', '--user', 'ana', '--type', 'task.*')
  expect(await planOf(home, ...task)).toContain('ws send/default')
  const again = await runCli(home, ['prefs', 'unmute', '--user', 'ana', '--type', 'task.*'])
  expect(again).toMatchObject({ code: 6 })
  await ec(home, 'users', 'erase', 'ana', '--yes')
  expect(await planOf(home, ...task)).toContain('ws send/default')
  expect(JSON.parse(await ec(home, 'prefs', 'show', '--user', 'ana', '--json'))).toMatchObject({ quiet_hours: null })
})

it.each([
  [['prefs', 'mute'], 'name one of --type, --service, --thread'],
  [['prefs', 'mute', '--type', 'a.b', '--thread', 't'], 'name one of'],
  [['prefs', 'set', '--type', 'a.b'], 'name a channel'],
  [['prefs', 'quiet-hours', '--from', '22:00'], 'say when'],
  [['prefs', 'cap', 'push'], 'say how many'],
  [['prefs', 'digest', '--at', '09:00'], 'say how often'],
  [['prefs', 'digest', '--off', '--every', 'daily'], '--off goes alone'],
  [['prefs', 'cap', 'push', '--none', '--per-day', '1'], 'say how many'],
])('`ec %j` is refused before anything is asked', async (args, words) => {
  const refused = await runCli(makeHome(), args)
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toContain(words)
})
