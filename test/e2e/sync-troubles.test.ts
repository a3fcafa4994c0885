import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createFalseClock, whyNoFalseClock } from '../durability/false-clock.ts'
import { tell } from '../durability/tell.ts'
import { whyNoPseudoTerminal } from '../support/pseudo-terminal.ts'
import { tempDir } from '../support/temp-dir.ts'
import { openTroubledHome, type TroubledHome, type TroubledOptions } from '../support/troubled-home.ts'
import { until } from '../support/until.ts'

const CREATED = 'calendar.event.created'
const noClock = whyNoFalseClock()
const noTerminal = whyNoPseudoTerminal()
if (noTerminal !== null) tell(`the screens are not looked at: ${noTerminal}`)
if (noClock !== null) tell(`no clock is set: ${noClock}`)

describe('a consent that was taken back', () => {
  it('is told once with the step that heals it, nothing is asked meanwhile, and then nothing is missing', async () => {
    const world = await openWatched()
    const { sandbox, id } = world
    make(world, 'Before')
    await world.untilTold(CREATED, ['New: Before'])
    sandbox.control.mutate({ do: 'grant.revoke' })
    make(world, 'Meanwhile 1')
    await untilSync(world, id, ({ mode }) => mode === 'none')

    const gone = 'the consent was taken back, or has expired'
    const step = 'ec setup google --account ana@example.com'
    expect(await world.printed('status')).toContain(`ana@example.com: ${gone}; next: ${step}`)
    expect(await world.printed('status')).toContain('1: 1 stopped')
    expect(await world.printed('resources', 'show', id)).toContain(`mode none because ${gone} next ${step} items 1`)
    expect(await world.printed('accounts', 'list')).toContain('sign in again')
    expect(await world.check('google.token.expired')).toMatchObject({
      status: 'fail',
      detail: `ana@example.com: ${gone}; nothing is asked of Google until it has signed in again`,
      hint: `sign in again: \`${step}\``,
    })
    expect(await world.check('sync.read')).toMatchObject({
      status: 'fail',
      detail: `the last read failed: ana@example.com (${gone})`,
      hint: `\`${step}\``,
    })
    if (noTerminal === null)
      expect(await world.healthPanel()).toMatch(/!! stopped.*none.*ec setup google --account ana/)

    const since = world.now()
    make(world, 'Meanwhile 2', 'Meanwhile 3')
    await sandbox.control.settled()
    expect(await world.ec('resources', 'sync', id)).toMatchObject({ code: 4, stderr: expect.stringContaining(step) })
    await world.ec('doctor')
    expect(world.askedSince(since)).toEqual([])
    expect(await world.told('system.alert')).toEqual(['Google no longer lets us in as ana@example.com'])

    const healed = await world.typed(step)
    expect(healed, healed.stderr).toMatchObject({ code: 0 })
    await world.untilTold(CREATED, ['New: Before', 'New: Meanwhile 1', 'New: Meanwhile 2', 'New: Meanwhile 3'])
    await untilSync(world, id, ({ mode }) => mode === 'webhook')
    make(world, 'After')
    await until(
      () => world.told(CREATED),
      ({ length }) => length === 5,
    )
    expect(await world.told('system.alert')).toHaveLength(1)
    for (const code of ['google.token.expired', 'sync.read', 'sync.mode']) {
      expect((await world.check(code)).status).toBe('ok')
    }
    // What was not wanted before is not asked for now.
    const { accounts } = await world.client.accounts.list({})
    expect(accounts[0]?.scopes.some(scope => scope.includes('gmail'))).toBe(false)
    expect((await world.client.resources.list({})).resources).toHaveLength(1)
  })
})

describe('a consent that does not cover what is needed', () => {
  it('is said by the box that was not ticked, and changes nothing until it is', async () => {
    const world = await openTroubledHome({ args: [], manners: { unticked_scopes: ['gmail.readonly'] } })
    expect(world.setup.code).not.toBe(0)
    expect(world.setup.stderr).toContain('the consent does not cover this: read your mail')
    expect(world.setup.stderr).toContain('tick every box, or leave out what you do not want (--no-gmail)')
    expect((await world.client.resources.list({})).resources).toEqual([])
    world.sandbox.control.manners({ unticked_scopes: [] })
    const again = await world.typed(`setup google --client-file ${world.clientFile}`)
    expect(again, again.stderr).toMatchObject({ code: 0 })
    await untilSync(world, await world.resource('gmail'), ({ complete }) => complete)
  })

  it('stops what is watched beyond it, and goes on when it was widened', async () => {
    const world = await openTroubledHome({ args: ['--calendar', 'none'] })
    const { id: account = '' } = (await world.client.accounts.list({})).accounts[0] ?? {}
    const words = ['--account', account, '--target', 'ana@example.com', '--name', 'Work', '--json']
    const added = await world.ec('resources', 'add', 'google-calendar', ...words)
    expect(added, added.stderr).toMatchObject({ code: 0 })
    const { id } = JSON.parse(added.stdout)
    await untilSync(world, id, ({ error }) => error === 'EC_SCOPE_MISSING')
    const step = 'ec setup google --account ana@example.com'
    const lacks = 'the consent of an account does not cover what is needed'
    expect(await world.printed('status')).toContain(`Work: the last read failed: ${lacks}; next: ${step}`)
    expect(await world.check('sync.read')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining(`Work (${lacks})`),
      hint: `\`${step}\``,
    })
    for (let n = 0; n < 2; n++) await world.ec('resources', 'sync', id, '--wait')
    expect(await world.alerts()).toMatchObject([
      {
        title: 'Work could not be read',
        body:
          'The consent of an account does not cover what is needed. Google answered events.list with 403: ' +
          `Request had insufficient authentication scopes. Next: \`${step}\`.`,
      },
    ])
    const healed = await world.typed(step)
    expect(healed, healed.stderr).toMatchObject({ code: 0 })
    await untilSync(world, id, ({ complete, error }) => complete && error === null)
    await untilSync(world, id, ({ mode }) => mode === 'webhook')
  })
})

describe('an API that is not enabled', () => {
  it('is told once, with the page that enables it, and what came meanwhile is read once it is', async () => {
    const world = await openWatched()
    const { sandbox, id } = world
    sandbox.control.manners({ disabled_apis: ['calendar'] })
    make(world, 'Meanwhile 1')
    await untilSync(world, id, ({ error }) => error === 'EC_API_DISABLED')
    make(world, 'Meanwhile 2')
    const said = 'the API is not enabled in the project of the OAuth client'
    expect(await world.printed('status')).toContain(
      `the last read failed: ${said}; next: \`ec doctor\` names the page on which it is enabled`,
    )
    expect(await world.check('google.api')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining('Google Calendar API has not been used in project'),
      hint: expect.stringContaining('enable it at https://console.developers.google.com/apis/api/calendar-json'),
    })
    expect(await world.check('sync.read')).toMatchObject({ status: 'fail', detail: expect.stringContaining(said) })
    const [alert, ...others] = await world.alerts()
    expect(others).toEqual([])
    const page =
      'https://console.developers.google.com/apis/api/calendar-json.googleapis.com/overview?project=100000000001'
    expect(alert?.body).toMatch(/^The API is not enabled in the project of the OAuth client\. Google answered /)
    expect(alert?.body).toContain(` Next: enable it at ${page}.`)
    sandbox.control.manners({ disabled_apis: [] })
    // It is read again by itself; a person who does not want to wait says so.
    const read = await world.ec('resources', 'sync', id, '--wait')
    expect(read, read.stderr).toMatchObject({ code: 0 })
    await world.untilTold(CREATED, ['New: Meanwhile 1', 'New: Meanwhile 2'])
    await untilSync(world, id, ({ mode }) => mode === 'webhook')
    expect((await world.check('google.api')).status).toBe('ok')
  })
})

describe('an organisation that does not let Gmail publish', () => {
  it('leaves mail polled, says so and whom to ask, and hears of mail at once when it does', async () => {
    const world = await openTroubledHome({
      args: [],
      reachable: false,
      manners: { restricted_sharing: true, gmail_gap_ms: 0 },
    })
    const { sandbox } = world
    expect(world.setup.code).toBe(4)
    expect(world.setup.stderr).toContain('Domain restricted sharing')
    const id = await world.resource('gmail')
    await untilSync(world, id, ({ complete }) => complete)
    expect(await world.printed('resources', 'show', id)).toContain('mode polling')
    const step = 'ec setup google --account ana@example.com'
    expect(await world.printed('status')).toContain(
      `ana@example.com: nothing is set up by which Gmail could tell of changes; next: ${step}`,
    )
    expect(await world.check('google.topic')).toMatchObject({
      status: 'warn',
      detail: 'ana@example.com: mail is not announced, so it is read every few minutes',
      hint: `run \`${step}\` again`,
    })
    const stillForbidden = await world.typed(step)
    expect(stillForbidden.code).toBe(4)
    expect(stillForbidden.stderr).toContain('Domain restricted sharing')
    sandbox.control.mutate({ do: 'mail.receive', subject: 'Meanwhile' })
    const read = await world.ec('resources', 'sync', id, '--wait')
    expect(read, read.stderr).toMatchObject({ code: 0 })
    await world.untilTold('mail.received', ['Ben Example: Meanwhile'])
    sandbox.control.manners({ restricted_sharing: false })
    const healed = await world.typed(step)
    expect(healed, healed.stderr).toMatchObject({ code: 0 })
    await untilSync(world, id, ({ subscription }) => typeof subscription?.verified_at === 'string')
    sandbox.control.mutate({ do: 'mail.receive', subject: 'After' })
    await world.untilTold('mail.received', ['Ben Example: Meanwhile', 'Ben Example: After'])
    expect((await world.check('google.topic')).status).toBe('ok')
    expect(await world.told('system.alert')).toEqual([])
  })
})

describe('a calendar that cannot be watched', () => {
  it('is polled, which is no trouble: nobody is asked to do anything', async () => {
    const holidays = 'holidays@group.v.calendar.google.com'
    const world = await openTroubledHome({
      args: ['--no-gmail', '--calendar', 'Holidays'],
      prepare: ({ control }) =>
        void control.mutate({ do: 'calendar.create', summary: 'Holidays', id: holidays, watchable: false }),
    })
    expect(world.setup, world.setup.stderr).toMatchObject({ code: 0 })
    const id = await world.resource()
    await untilSync(world, id, ({ because }) => because.includes('tells of no changes here'))
    const shown = await world.printed('resources', 'show', id)
    expect(shown).toContain(
      'mode polling because Google Calendar tells of no changes here; that is tried again once a day',
    )
    expect(shown).not.toContain(' next ec')
    const status = await world.printed('status')
    expect(status).toContain('resources 1: 1 polled')
    expect(status).not.toContain('Holidays')
    expect((await world.check('sync.mode')).status).toBe('ok')
    expect((await world.check('sync.read')).status).toBe('ok')
    world.sandbox.control.mutate({ do: 'event.create', calendar: holidays, event: { summary: 'Epiphany' } })
    await world.ec('resources', 'sync', id, '--wait')
    await world.untilTold(CREATED, ['New: Epiphany'])
    expect(await world.told('system.alert')).toEqual([])
  })
})

describe('a clock that is an hour off', () => {
  it.skipIf(noClock !== null).each([3_600, -3_600])('is told, and nothing is lost by it: %i s', async offset => {
    const clock = createFalseClock(join(tempDir(), 'clock'))
    clock.set(offset)
    const world = await openWatched({ env: clock.env })
    expect(await world.check('clock.skew')).toMatchObject({
      status: 'fail',
      detail: expect.stringMatching(new RegExp(`3,(59|60)\\d s ${offset > 0 ? 'ahead of' : 'behind'} 127\\.0\\.0\\.1`)),
      hint: 'let a time service keep the clock',
    })
    make(world, 'By a wrong clock')
    await world.untilTold(CREATED, ['New: By a wrong clock'])
    clock.set(0)
    make(world, 'By a right clock')
    await until(
      () => world.told(CREATED),
      ({ length }) => length === 2,
    )
    expect((await world.check('clock.skew')).status).toBe('ok')
    await untilSync(world, world.id, ({ mode }) => mode === 'webhook')
    expect(await world.told('system.alert')).toEqual([])
  })
})

async function openWatched(options: TroubledOptions = {}) {
  const world = await openTroubledHome(options)
  const id = await world.resource()
  await untilSync(world, id, ({ mode }) => mode === 'webhook')
  return { ...world, id }
}

function make({ sandbox }: TroubledHome, ...summaries: readonly string[]): void {
  for (const summary of summaries) sandbox.control.mutate({ do: 'event.create', event: { summary } })
}

type Sync = NonNullable<Awaited<ReturnType<TroubledHome['client']['resources']['get']>>['sync']>

/** Resolves once a resource is as wanted. */
function untilSync({ client }: TroubledHome, id: string, wanted: (sync: Sync) => boolean) {
  return until(
    async () => (await client.resources.get(id)).sync,
    sync => sync !== null && wanted(sync),
  )
}
