import type { ReachReply } from '../../client.ts'
import { judge } from '../../core/check.ts'
import { formatSpan } from '../../core/format-span.ts'
import { isSilent } from '../../core/is-silent.ts'
import { formatLocalTime } from '../../core/local-time.ts'
import type { Finding } from './finding.ts'

type Device = ReachReply['devices'][number]

/** What the agent knows of a person, judged: the first line says whether anything gets there at all. Pure. */
export function judgeReach(reach: ReachReply, now: number): readonly Finding[] {
  const { devices } = reach
  const ways = [
    ...(reach.clients > 0 ? [`${plural(reach.clients, 'open page')}`] : []),
    ...(devices.some(takesPushes) ? [plural(devices.filter(takesPushes).length, 'browser')] : []),
    ...(reach.email.state === 'fine' ? [`mail to ${reach.email.address}`] : []),
  ]
  return [
    judge('user.known', 'ok', reach.user),
    ways.length > 0
      ? judge('user.reach', 'ok', ways.join(', '))
      : judge('user.reach', 'fail', 'no page is open, no browser takes pushes, and mail cannot be written'),
    judgePages(reach),
    ...judgeDevices(reach, now),
    judgeEmail(reach),
    ...judgeWishes(reach),
    judgeLast(reach, now),
  ]
}

function takesPushes({ key, last_error }: Device): boolean {
  return key !== 'gone' && last_error === null
}

function judgePages({ clients, visible, focused }: ReachReply): Finding {
  if (clients === 0) return judge('user.pages', 'skip', 'no page is connected at present')
  const look = focused > 0 ? 'one is looked at' : visible > 0 ? 'one can be seen' : 'nobody says that it is looked at'
  return judge('user.pages', 'ok', `${clients} connected, ${look}`)
}

function judgeDevices({ user, devices }: ReachReply, now: number): readonly Finding[] {
  if (devices.length === 0) {
    const none = 'no browser of the person takes pushes'
    return [
      judge('user.devices', 'warn', none),
      ...(['user.keys', 'user.sends', 'user.shown'] as const).map(code => judge(code, 'skip', none)),
    ]
  }
  return [
    judge(
      'user.devices',
      'ok',
      devices
        .map(
          ({ name, platform, seen_at, key_id }) =>
            `${name ?? platform ?? 'a browser'} (seen ${ago(seen_at, now)}, key ${key_id})`,
        )
        .join(', '),
    ),
    judgeSome(
      'user.keys',
      devices,
      ({ key }) => (key === 'gone' ? 'subscribed with a key that is not here any more' : null),
      devices.some(({ key }) => key === 'older') ? 'some by an older key, which serves them still' : null,
    ),
    judgeSome(
      'user.sends',
      devices,
      ({ last_error, last_error_at }) => (last_error === null ? null : `${last_error}, ${ago(last_error_at, now)}`),
      devices.some(({ last_ok_at }) => last_ok_at !== null) ? null : 'nothing was sent yet',
      `see \`ec devices list --user ${user}\`, and try one with \`ec devices test\``,
    ),
    judgeSome('user.shown', devices, device =>
      isSilent(device) ? `took ${device.unshown} pushes and has not said that it showed one` : null,
    ),
  ]
}

/** Fails when it is so with every browser, warns when it is with some. */
function judgeSome(
  code: 'user.keys' | 'user.sends' | 'user.shown',
  devices: readonly Device[],
  troubleOf: (device: Device) => string | null,
  fine: string | null = null,
  hint?: string,
): Finding {
  const troubles = devices.flatMap(device => {
    const trouble = troubleOf(device)
    return trouble === null ? [] : [`${device.name ?? device.platform ?? device.id}: ${trouble}`]
  })
  if (troubles.length === 0) return judge(code, 'ok', fine)
  return judge(code, troubles.length === devices.length ? 'fail' : 'warn', troubles.join('; '), hint)
}

function judgeEmail({ user, email }: ReachReply): Finding {
  switch (email.state) {
    case 'fine':
      return judge('user.email', 'ok', email.address)
    case 'none':
      return judge('user.email', 'warn', 'no address', `set one: \`ec users set ${user} --email ADDRESS\``)
    case 'suppressed':
      return judge(
        'user.email',
        'fail',
        `${email.address} takes no mail any more: ${email.reason}`,
        'see `ec email suppressed`, and try it again with `ec email lift ADDRESS`',
      )
    case 'no_server':
      return judge('user.email', 'warn', 'this agent has no mail server', 'set one up with `ec setup email`')
    default:
      return email.state satisfies never
  }
}

/** What the person said, which explains why it is silent. */
function judgeWishes(reach: ReachReply): readonly Finding[] {
  const { user, quiet, mutes, off, governed, snoozed } = reach
  const until = quiet?.until === null || quiet === null ? '' : ` until ${formatLocalTime(quiet.until)}`
  const isAllMuted = mutes.some(({ type }) => type === '*')
  const muted = mutes.map(
    ({ type, service, thread }) => type ?? (service === undefined ? `thread ${thread}` : `service ${service}`),
  )
  const [first = ''] = governed
  return [
    quiet?.now === true
      ? judge(
          'user.quiet',
          'warn',
          `pushes and mail are held${until}`,
          `wait, or change them: \`ec prefs quiet-hours --user ${user}\``,
        )
      : judge('user.quiet', 'ok', quiet === null ? 'none are set' : `not now${until}`),
    mutes.length === 0
      ? judge('user.mutes', 'ok')
      : judge(
          'user.mutes',
          isAllMuted ? 'fail' : 'warn',
          muted.join(', '),
          `take one away: \`ec prefs unmute --user ${user}\``,
        ),
    off.length === 0
      ? judge('user.switches', 'ok')
      : judge(
          'user.switches',
          'warn',
          `${off.join(' and ')} switched off for everything`,
          `switch it on: \`ec prefs set --user ${user}\``,
        ),
    governed.length === 0
      ? judge('user.governor', 'ok')
      : judge(
          'user.governor',
          'warn',
          governed.join(', '),
          `bring one back: \`ec prefs keep --user ${user} --type ${first}\``,
        ),
    judge(
      'user.snoozed',
      'ok',
      snoozed.count === 0 ? null : `${snoozed.count} put off, the next comes ${formatLocalTime(snoozed.until)}`,
    ),
  ]
}

function judgeLast({ user, last_event }: ReachReply, now: number): Finding {
  if (last_event === null) {
    return judge(
      'user.last',
      'warn',
      'no event was ever emitted for this id',
      `send one: \`ec emit --user ${user} --type job.done\``,
    )
  }
  const { id, type, created_at, channels } = last_event
  const fates = channels.map(({ channel, step, reason, at }) => {
    const why = reason === null || step === 'send' ? '' : ` (${reason})`
    return `${channel} ${step}${why}${at === null ? '' : ` ${ago(at, now)}`}`
  })
  return judge(
    'user.last',
    'ok',
    `${type} ${ago(created_at, now)}: ${fates.join(', ') || 'history only'}; \`ec events explain ${id}\``,
  )
}

/** `3 min ago`. */
export function ago(instant: string | null, now: number): string {
  return instant === null ? 'never' : `${formatSpan(Math.max(0, now - Date.parse(instant)) / 1000)} ago`
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
