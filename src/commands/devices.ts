import type { PageOptions } from '../client.ts'
import { EcError } from '../core/errors.ts'
import { isSilent } from '../core/is-silent.ts'
import { formatLocalTime } from '../core/local-time.ts'
import type { CommandContext } from './context.ts'
import { sayNext } from './say-next.ts'
import { tellSilent } from './tell-silent.ts'

interface ListInput extends PageOptions {
  readonly user: string | undefined
}

interface DeviceInput {
  readonly id: string
}

export async function listDevices(context: CommandContext, { user, after, before, limit }: ListInput): Promise<void> {
  const client = await context.connect()
  const page = await client.push.devices({ user, after, before, limit })
  const { output } = context
  if (context.json) return output.document(page)
  if (page.devices.length === 0) return output.say('no devices; a page makes one when it subscribes')
  await output.table(
    [
      { title: 'user' },
      { title: 'name', shrinks: true },
      { title: 'platform' },
      { title: 'seen' },
      { title: 'last ok' },
      { title: 'shown' },
      { title: 'last error', shrinks: true },
      { title: 'id', whole: true },
    ],
    page.devices.map(device => [
      device.user,
      device.name,
      device.platform,
      formatLocalTime(device.seen_at),
      formatLocalTime(device.last_ok_at),
      formatLocalTime(device.last_shown_at),
      device.last_error,
      device.id,
    ]),
  )
  for (const device of page.devices.filter(isSilent)) output.say(tellSilent(device))
  sayNext(output, page.next)
}

/** Fails unless the push service took it, so that a script can rely on the exit code. */
export async function testDevice(context: CommandContext, { id }: DeviceInput): Promise<void> {
  const client = await context.connect()
  const trial = await client.push.test(id)
  if (trial.outcome !== 'delivered') {
    throw new EcError('EC_PROVIDER', `the test did not arrive: ${trial.reason ?? trial.outcome}`, {
      hint: HINTS[trial.outcome],
      details: { ...trial },
    })
  }
  if (context.json) context.output.document(trial)
  else context.output.say(`${id}: the push service took it; look at the device`)
}

const HINTS = {
  retry: 'try again in a moment; `ec calls` shows what the push service answered',
  gone: 'the device was removed; open the page on it again to subscribe anew',
  rejected: 'open the page on the device again to subscribe anew',
  key_trouble:
    'set a subject at a host of yours with `ec setup vapid --subject`, and compare the clock with `ec doctor`',
} as const

export async function removeDevice(context: CommandContext, { id }: DeviceInput): Promise<void> {
  const client = await context.connect()
  await client.push.remove(id)
  if (context.json) context.output.document({ id })
  else context.output.say(`${id}: removed`)
}
