import type { Bus } from '../../backends/backend.ts'
import type { Store } from '../../backends/store.ts'
import type { ApiCall } from '../../core/api-call.ts'
import type { CheckResult } from '../../core/check.ts'
import type { Clock } from '../../core/clock.ts'
import type { Config } from '../../core/config.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { SentChannel } from '../../core/event.ts'
import type { Ids, RandomBytes } from '../../core/ids.ts'
import type { Log } from '../../core/log.ts'
import type { EmailApi, PushApi } from '../http/api.ts'
import type { AnswerQuestion } from './answer-question.ts'
import { whileReadable } from '../../core/while-readable.ts'
import { listDispatchers, type Dispatchers } from './dispatchers.ts'
import { openEmail, type Email } from './email/open-email.ts'
import { createDispatchers } from './index.ts'
import { checkOutlets } from './outlets/check-outlets.ts'
import { keyAlert } from './push/key-alert.ts'
import { openPush } from './push/open-push.ts'

export interface ChannelsOptions {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly random: () => number
  readonly randomBytes: RandomBytes
  readonly config: Config
  /** What commands are started with is taken from here. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly record: (call: ApiCall) => void
  /** Where a click leads when the event has no link. */
  readonly home: () => string
  /** Where people reach the pages that mail links to; null = nowhere. */
  readonly pages: () => string | null
  /** Resolves when the delivery goes by what is now known of a user. */
  readonly changed: (userId: string) => Promise<void>
  /** Tells the operator, once for each id, of what nobody else can mend. */
  readonly ring: (alert: EventInput & { readonly id: string }) => void
  readonly answer: AnswerQuestion
}

/** The ways out to people who do not look: a device, an address, what the operator has set up. */
export interface Channels {
  readonly dispatchers: Dispatchers
  readonly push: PushApi
  readonly email: EmailApi
  readonly digestMailer: Email['digestMailer']
  /** The channels on which something is set up for events of this user and type. */
  outletsOf(userId: string, type: string): readonly SentChannel[]
  checks(): Promise<readonly CheckResult[]>
  close(): Promise<void>
}

const OUTLET_CHECKS = ['channels.exec', 'channels.webhook'] as const

export async function openChannels(options: ChannelsOptions): Promise<Channels> {
  const { config, clock, pages, ring } = options
  const push = openPush({
    ...options,
    hosts: config.push.hosts,
    onTrouble: (origin, reason) => ring(keyAlert(config.user, origin, reason, clock.now())),
  })
  const email = await openEmail({
    ...options,
    base: pages,
    tellOperator: alert => ring({ ...alert, user_id: config.user }),
  })
  const outlets = createDispatchers({ ...options, channels: config.channels })
  const mail = email.dispatcher === null ? [] : [email.dispatcher]
  const dispatchers = listDispatchers([push.dispatcher, ...mail, ...outlets])

  return {
    dispatchers,
    push: push.api,
    email: email.api,
    digestMailer: email.digestMailer,
    outletsOf: (userId, type) =>
      outlets.flatMap(({ channel, outlets: of }) => (channel !== 'ws' && of?.takes(userId, type) ? [channel] : [])),
    async checks() {
      const groups = await Promise.all([
        email.checks(),
        whileReadable(['push.vapid'], () => push.dispatcher.checks()),
        whileReadable(OUTLET_CHECKS, () => checkOutlets(outlets)),
      ])
      return groups.flat()
    },
    async close() {
      email.close()
      await Promise.all([push.close(), ...outlets.map(one => one.close?.())])
    },
  }
}
