import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { tempDir } from '../support/temp-dir.js'

const ROOT = join(import.meta.dirname, '..', '..')
const TSC = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')

const PROGRAM = `
import { CenterError, createNotificationCenter, type CenterState, type EcEvent, type NotificationCenter } from 'eventcenter/browser'

const center: NotificationCenter = createNotificationCenter({ url: 'https://ec.example.org', token: async () => 'a token' })
const stop = center.subscribe((state: CenterState) => {
  for (const { event, question, snoozedUntil } of state.items) {
    document.title = \`\${state.unread.total} \${event.title} \${question?.answer ?? snoozedUntil ?? ''}\`
  }
})
center.on('job.*', event => event.level === 'critical')
center.onAnnounce((event: EcEvent) => console.log(event.title, event.data?.['job_id']))
center.answer('q', 'yes').catch((error: unknown) => {
  if (error instanceof CenterError && error.code === 'EC_CONFLICT') console.log(error.hint, error.problem['winner'])
})
const { quiet_hours } = await center.getPreferences()
await center.putPreferences({ quiet_hours, mute: [{ type: 'task.*' }] })
const { user } = await center.call<{ user: string }>('GET', 'api/inbox')
console.log(user.length)
stop()
`

/** Each has to be refused, or the types say nothing. */
const MISTAKES = [
  `center.on('job.*', event => event.titel)`,
  `center.state.items.push()`,
  `center.snooze(['evt_1'], 'tomorrow')`,
  `createNotificationCenter({ tokn: 'x' })`,
  `const answer: number = (await center.loadMore())`,
]

function compile(program: string, resolution: 'nodenext' | 'bundler'): string {
  const dir = tempDir()
  mkdirSync(join(dir, 'node_modules'))
  symlinkSync(ROOT, join(dir, 'node_modules', 'eventcenter'))
  writeFileSync(join(dir, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(dir, 'page.ts'), program)
  const module = resolution === 'bundler' ? 'esnext' : 'nodenext'
  // Nothing of Node, as in a page; and our own declarations are looked through as well.
  const options = `--strict --exactOptionalPropertyTypes --noEmit --target es2022 --lib es2023,dom --types --skipLibCheck false`
  const args = [TSC, ...options.split(' '), '--module', module, '--moduleResolution', resolution, 'page.ts']
  const { stdout } = spawnSync(process.execPath, args, { cwd: dir, encoding: 'utf8' })
  return stdout
}

describe('the types of eventcenter/browser', () => {
  it.each(['nodenext', 'bundler'] as const)('take a page that uses all of it (%s)', resolution => {
    expect(compile(PROGRAM, resolution)).toBe('')
  })

  it('refuse what is not there', () => {
    for (const mistake of MISTAKES) expect(compile(PROGRAM + mistake, 'bundler')).toContain('error TS')
  })
})
