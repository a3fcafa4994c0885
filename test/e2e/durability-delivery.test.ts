import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { expect, it, onTestFinished } from 'vitest'
import { KilledAgent } from '../durability/killed-agent.ts'
import { ask, call, readAll, type Door } from '../durability/operator.ts'
import { createRandom, type Random } from '../durability/random.ts'
import { tell } from '../durability/tell.ts'
import { LONG } from '../support/long.ts'
import { openMailServer, type MailServer } from '../support/mail-server.ts'
import { openPushService, type Behaviour, type PushService } from '../support/push-service.ts'
import { tempDir } from '../support/temp-dir.ts'

const kills = Number(process.env['EC_KILLS'] ?? (LONG ? 20 : 4))
const seed = Number(process.env['EC_SEED'] ?? Date.now() % 2 ** 31)
const USERS = ['ana', 'ben', 'cleo'] as const
const DEVICES_EACH = 2
const TYPES = ['job.done', 'job.done', 'action.required', 'system.alert'] as const
/** As short as a ladder can be made, so that many steps fall due while the agent is killed. */
const LADDERS = { 'job.done': [{ channel: 'push', after: '2s', unless: 'read' }] }

const told = z.object({ trace: z.array(z.object({ reason: z.string().optional() })) })
const emitted = z.object({ id: z.string() })
const question = z.object({ state: z.string(), answer: z.object({ option: z.string() }).nullable() })

interface Sent {
  readonly id: string
  readonly user: string
  readonly type: 'job.done' | 'action.required' | 'system.alert'
  /** Somebody tried to read or answer it as soon as it was emitted: a kill may have come after that was stored. */
  readonly isTouched: boolean
  /** That was confirmed. */
  readonly isDealtWith: boolean
}

/**
 * Pushes, mails, ladders and questions under way while the agent is killed at random moments: in the middle of a send, between
 * a send and its end, while something is held, while a question runs out.
 */
it(
  `brings all that it took to every device and address through ${kills} kills`,
  { timeout: 240_000 + kills * 10_000 },
  async () => {
    const random = createRandom(seed)
    const service = await openPushService()
    const mail = await openMailServer()
    const agent = startOn(service, mail)
    await agent.spawn().ready
    await subscribeAll(await agent.up(), service, random.fork())

    const sent: Sent[] = []
    let isOver = false
    const traffic = keepEmitting(agent, sent, random.fork(), () => isOver)
    for (let n = 0; n < kills; n++) {
      await agent.up()
      await sleep(random.between(50, 1_200))
      await agent.kill()
      agent.spawn()
    }
    isOver = true
    await traffic
    const operator = await agent.up()
    await untilNothingWaits(operator)

    tell({
      proof: 'kills while delivering',
      seed,
      kills,
      events: sent.length,
      pushes: service.received.length,
      mails: mail.received.length,
    })
    expect(sent.length).toBeGreaterThan(kills)
    expect(await readAll(operator, '/api/jobs?state=dead', 'jobs', raw => raw)).toEqual([])
    expect(await missing(operator, sent, service)).toEqual([])
    expect(unrecognisable(service)).toEqual([])
    expect(wrongMails(sent, mail)).toEqual([])
    expect(await wrongEnds(operator, sent)).toEqual([])
  },
)

function startOn(service: PushService, mail: MailServer): KilledAgent {
  const dataDir = tempDir()
  const ca = join(tempDir(), 'ca.pem')
  writeFileSync(ca, service.ca)
  const env = {
    NODE_EXTRA_CA_CERTS: ca,
    EC_PUSH_HOSTS: service.host,
    EC_SMTP_URL: mail.url,
    EC_ROUTE_LADDERS: JSON.stringify(LADDERS),
  }
  const agent = new KilledAgent({ dataDir, env })
  onTestFinished(() => agent.kill())
  return agent
}

/**
 * Push services that stumble now and then, but over no message twice: the waits after a second and a third time are half a
 * minute and two minutes.
 */
async function subscribeAll(operator: Door, service: PushService, random: Random): Promise<void> {
  await ask(operator, 'PUT', '/api/push/key', { subject: 'mailto:ops@example.org' })
  for (const user of USERS) {
    await ask(operator, 'PUT', `/api/users/${user}`, { email: `${user}@example.org` })
    for (let n = 0; n < DEVICES_EACH; n++) {
      const behaviours = Array.from({ length: 200 }, (): Behaviour => {
        return random.oneIn(10) ? { once: random.pick<503 | 'goaway'>([503, 'goaway']) } : 201
      })
      const { endpoint, p256dh, auth } = service.subscribe(...behaviours)
      await ask(operator, 'POST', '/api/push/subscribe', {
        user,
        subscription: { endpoint, keys: { p256dh, auth } },
        name: endpoint,
      })
    }
  }
}

async function keepEmitting(agent: KilledAgent, sent: Sent[], random: Random, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const user = random.pick(USERS)
    const type = random.pick(TYPES)
    const asks = type === 'action.required' ? { options: ['yes', 'no'], default_option: 'no' } : {}
    const expires_at = type === 'action.required' ? { expires_at: new Date(Date.now() + 60_000).toISOString() } : {}
    const level = type === 'system.alert' ? 'error' : 'info'
    const event = { user_id: user, type, level, title: 'Round', body: 'and round', data: asks, ...expires_at }
    try {
      const operator = await agent.up()
      const { id } = emitted.parse(await ask(operator, 'POST', '/api/events', event))
      const isTouched = type !== 'system.alert' && random.oneIn(3)
      const isDealtWith = isTouched && (await dealWith(operator, id, user, type))
      sent.push({ id, user, type, isTouched, isDealtWith })
    } catch {
      // It died before it answered: whatever it promised, it promised nobody.
      await sleep(20)
    }
    await sleep(random.between(5, 60))
  }
}

/** Whether the agent confirmed it. */
async function dealWith(operator: Door, id: string, user: string, type: Sent['type']): Promise<boolean> {
  const [path, body] =
    type === 'job.done'
      ? [`/api/events/${id}/read?user=${user}`, undefined]
      : [`/api/questions/${id}/answer?user=${user}`, { option: 'yes' }]
  const answer = await call(operator, 'POST', path, body).catch(() => null)
  return answer !== null && answer.status < 300
}

async function untilNothingWaits(operator: Door): Promise<void> {
  for (;;) {
    const kinds = ['push.send', 'email.send', 'event.send'].flatMap(kind =>
      ['ready', 'delayed', 'running'].map(state => `/api/jobs?kind=${kind}&state=${state}`),
    )
    const lists = await Promise.all(kinds.map(path => ask(operator, 'GET', path)))
    const jobs = lists.flatMap(list => z.array(z.object({ run_at: z.string() })).parse(list['jobs']))
    // Mail for questions that nobody answers is hours away.
    if (jobs.every(job => Date.parse(job.run_at) > Date.now() + 600_000)) return
    await sleep(200)
  }
}

/** What a device of its user never got, or once where a ladder had it tried again, though nobody can have dealt with it. */
async function missing(operator: Door, sent: readonly Sent[], service: PushService): Promise<readonly string[]> {
  const times = new Map<string, Map<string, number>>()
  for (const { path, message } of service.received) {
    const devices = times.get(message.ec.id) ?? new Map<string, number>()
    times.set(message.ec.id, devices.set(path, (devices.get(path) ?? 0) + 1))
  }
  const faults = sent
    .filter(one => !one.isTouched)
    .map(async ({ id, user, type }) => {
      const devices = times.get(id) ?? new Map<string, number>()
      if (devices.size < DEVICES_EACH) return [`${type} ${id} reached ${devices.size} devices`]
      const once = [...devices.values()].filter(count => count < 2).length
      if (type !== 'job.done' || once === 0) return []
      // The second step fell due while the first was still being tried: together they are one message.
      const { trace } = told.parse(await ask(operator, 'GET', `/api/events/${id}/trace?user=${user}`))
      const joined = trace.filter(row => row.reason === 'repeated').length
      return joined < once ? [`${id} was not tried again`] : []
    })
  return (await Promise.all(faults)).flat()
}

/** A device shows an event once, whatever comes twice: by the id in the message and the topic on the way. */
function unrecognisable(service: PushService): readonly string[] {
  const topics = new Map<string, unknown>()
  return service.received.flatMap(({ message, headers }) => {
    const known = topics.get(message.ec.id) ?? headers['topic']
    topics.set(message.ec.id, known)
    return known === headers['topic'] && known !== undefined ? [] : [message.ec.id]
  })
}

/** Alerts go by mail too: each is there, and one that was sent twice says by its id that it is the same. */
function wrongMails(sent: readonly Sent[], { received }: MailServer): readonly string[] {
  const ids = new Set(received.map(({ parsed }) => parsed.messageId ?? 'none'))
  const alerts = sent.filter(one => one.type === 'system.alert').map(one => one.id)
  const lost = alerts.filter(id => [...ids].every(mailId => !mailId.includes(id)))
  // An emit that died before its answer may have been mailed too, one at each kill.
  const tooMany = ids.size > alerts.length + kills ? [`${ids.size} mails for ${alerts.length} alerts`] : []
  return [...lost.map(id => `${id} was not mailed`), ...tooMany]
}

async function wrongEnds(operator: Door, sent: readonly Sent[]): Promise<readonly string[]> {
  const asked = sent.filter(one => one.type === 'action.required' && one.isDealtWith)
  const ends = await Promise.all(
    asked.map(async ({ id, user }) => question.parse(await ask(operator, 'GET', `/api/questions/${id}?user=${user}`))),
  )
  return ends.flatMap(({ state, answer }, i) =>
    state === 'answered' && answer?.option === 'yes' ? [] : [`${asked[i]?.id} is ${state}`],
  )
}
