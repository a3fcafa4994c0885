import { randomBytes } from 'node:crypto'
import { onTestFinished, vi } from 'vitest'
import type { PresenceFacts } from '#ec/agent/route/facts.js'
import { listDispatchers } from '#ec/agent/dispatch/dispatchers.js'
import type { Dispatcher } from '#ec/agent/dispatch/dispatcher.js'
import { openEmail, type Email, type EmailOptions } from '#ec/agent/dispatch/email/open-email.js'
import { createEndpointGuard } from '#ec/agent/dispatch/push/endpoint-guard.js'
import { openPush, type Push } from '#ec/agent/dispatch/push/open-push.js'
import { createEmitter, type Emitter } from '#ec/agent/events/emitter.js'
import { explain } from '#ec/agent/events/explain.js'
import { createPipeline } from '#ec/agent/pipeline.js'
import { createQuestions, type Questions } from '#ec/agent/questions/questions.js'
import { openPeople, type People } from '#ec/agent/route/people.js'
import { createPlanner } from '#ec/agent/route/planner.js'
import { createTally } from '#ec/agent/route/tally.js'
import type { PushApi } from '#ec/agent/http/api.js'
import type { ApiCall } from '#ec/core/api-call.js'
import { DEFAULT_CONFIG, type LadderStep } from '#ec/core/config.js'
import type { PushAddress } from '#ec/core/device.js'
import type { EventState } from '#ec/core/event.js'
import type { Job } from '#ec/core/job.js'
import type { GovernorRule } from '#ec/core/governor.js'
import { createIds } from '#ec/core/ids.js'
import { silentLog } from '#ec/core/log.js'
import { silentMeter } from '#ec/core/meter.js'
import type { TraceRow } from '#ec/core/plan.js'
import { isSilent } from '#ec/core/is-silent.js'
import type { PreferencesPatch } from '#ec/core/preferences.js'
import type { ReceiptKind } from '#ec/core/receipt.js'
import type { Backend } from '#ec/backends/backend.js'
import { EmbeddedBackend } from './embedded-backend.ts'
import type { FakeClock } from './fake-clock.ts'
import { OPERATOR } from './live-agent.ts'
import { openMailServer, type MailServer } from './mail-server.ts'
import { openPushService, type Behaviour, type PushService } from './push-service.ts'

export interface DeliveryOptions {
  readonly ladders?: Readonly<Record<string, readonly LadderStep[]>>
  /** Channels beside push and mail. */
  readonly others?: readonly Dispatcher[]
  /** With a mail server, which is real. */
  readonly mail?: boolean
  readonly governor?: GovernorRule
}

interface Parts {
  readonly emitter: Emitter
  readonly questions: Questions
  readonly people: People
  readonly push: Push
  readonly email: Email | null
}

/** As the configuration has it unless told otherwise. */
const GOVERNOR = { min: 20, rate: 0.05 }

/** In the middle, so that waits are what their list says. */
const random = (): number => 0.5

/**
 * What brings events to people, on a real store, a real queue and a real push service; only the clock is ours, so that a
 * wait of hours takes no time.
 */
export class Delivery {
  readonly embedded: EmbeddedBackend
  readonly service: PushService
  readonly troubles: string[] = []
  /** Mails that were handed over, as the ledger has them. */
  readonly calls: ApiCall[] = []
  presence: PresenceFacts = { focused: 0, threads: [] }
  readonly #options: DeliveryOptions
  readonly #secrets = new Map<string, string>()
  #running: Parts | null = null

  readonly #server: MailServer | null

  private constructor(
    embedded: EmbeddedBackend,
    service: PushService,
    server: MailServer | null,
    options: DeliveryOptions,
  ) {
    this.embedded = embedded
    this.#server = server
    this.service = service
    this.#options = options
  }

  static async open(options: DeliveryOptions = {}): Promise<Delivery> {
    const delivery = new Delivery(
      await EmbeddedBackend.open(),
      await openPushService(),
      options.mail === true ? await openMailServer() : null,
      options,
    )
    await delivery.#start()
    await delivery.#parts.push.api.setUp('mailto:ops@example.org', false)
    onTestFinished(() => delivery.#stop())
    return delivery
  }

  get #parts(): Parts {
    if (this.#running === null) throw new Error('it is not running')
    return this.#running
  }

  get clock(): FakeClock {
    return this.embedded.clock
  }

  get backend(): Backend {
    return this.embedded.backend
  }

  get mails(): MailServer {
    if (this.#server === null) throw new Error('there is no mail server')
    return this.#server
  }

  get email(): Email {
    const { email } = this.#parts
    if (email === null) throw new Error('there is no mail server')
    return email
  }

  get push(): Push {
    return this.#parts.push
  }

  get questions(): Questions {
    return this.#parts.questions
  }

  /** A device of the user; its service meets what comes with these behaviours in turn, then takes all. */
  async device(userId: string, ...behaviours: readonly Behaviour[]): Promise<string> {
    return (await this.subscribe(userId, this.service.subscribe(...behaviours))).device.id
  }

  /** As a page does each time it opens. */
  async subscribe(userId: string, address: PushAddress): ReturnType<PushApi['subscribe']> {
    const traits = { name: 'a phone', platform: null, locale: null, tz: null }
    const subscribed = await this.#parts.push.api.subscribe(userId, { address, keyId: null, ...traits })
    this.#secrets.set(subscribed.device.id, subscribed.secret)
    return subscribed
  }

  /** The device says what became of an event there. */
  async receipt(device: string, event: string, what: ReceiptKind): Promise<void> {
    const secret = this.#secrets.get(device) ?? ''
    await this.#parts.push.api.receipt({ device, secret, event, what, at: null })
  }

  /** A button of the notification there is pressed. */
  async press(
    device: string,
    question: string,
    option: string,
    secret = this.#secrets.get(device) ?? '',
  ): Promise<void> {
    await this.#parts.push.api.answer({ device, secret, question, option, input: null })
  }

  async emit(fields: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const raw = { user_id: 'ann', type: 'job.done', title: 'Done', body: 'It is done.', ...fields }
    return (await this.#parts.emitter.emit(OPERATOR, raw, null)).id
  }

  async prefer(userId: string, patch: PreferencesPatch): Promise<void> {
    await this.backend.store.putPreferences(userId, patch, this.clock.now())
    await this.#parts.people.refresh(userId)
  }

  async know(
    userId: string,
    patch: { readonly email?: string | null; readonly tz?: string; readonly lang?: string },
  ): Promise<void> {
    await this.backend.store.putUser({ id: userId, ...patch }, this.clock.now())
    await this.#parts.people.refresh(userId)
  }

  async mark(id: string, state: EventState, userId = 'ann'): Promise<void> {
    await this.backend.store.changeStates({
      userId,
      ids: [id],
      state,
      by: 'ses_1',
      at: this.clock.now(),
      until: null,
    })
  }

  async snooze(id: string, ms: number, userId = 'ann'): Promise<void> {
    const at = this.clock.now()
    await this.backend.store.changeStates({ userId, ids: [id], state: 'snoozed', by: 'ses_1', at, until: at + ms })
  }

  /** Lets the time pass, and waits until nothing more happens by itself. */
  async pass(ms: number): Promise<void> {
    this.clock.advance(ms)
    this.backend.queue.wake()
    await this.settle()
  }

  /** Waits until no job can run at this instant. */
  async settle(): Promise<void> {
    await vi.waitFor(
      async () => {
        this.backend.queue.wake()
        // The store works in a thread of its own, so what changed hands during one look is seen by the next.
        const [before, now] = [await this.#open(), await this.#open()]
        const isCalm = JSON.stringify(before) === JSON.stringify(now)
        if (!isCalm || now.some(job => this.#canRun(job, now))) throw new Error('there is work to be done still')
      },
      { timeout: 20_000, interval: 2 },
    )
  }

  async #open(): Promise<readonly Job[]> {
    const states = ['running', 'delayed', 'ready'] as const
    const lists = await Promise.all(states.map(state => this.backend.store.listJobs({ state, limit: 1000 })))
    return lists.flatMap(list => list.rows)
  }

  #canRun(job: Job, all: readonly Job[]): boolean {
    const isLater = (one: Job): boolean => one.state === 'delayed' && one.runAt > this.clock.now()
    if (isLater(job)) return false
    return job.group === '' || !all.some(one => one.group === job.group && isLater(one))
  }

  async trace(id: string, userId = 'ann'): Promise<readonly TraceRow[]> {
    return this.backend.store.readTrace(userId, id)
  }

  /** The steps of the trace, in short. */
  async steps(id: string, userId = 'ann'): Promise<readonly string[]> {
    return (await this.trace(id, userId)).map(row => `${row.channel} ${row.step}${row.reason ? ` ${row.reason}` : ''}`)
  }

  async told(id: string, userId = 'ann'): Promise<string> {
    const [stored] = await this.backend.store.getEvents(id, userId)
    if (stored === undefined) throw new Error('no such event')
    const { rows } = await this.backend.store.listDevices({ userId, limit: 100 })
    const silent = new Set(rows.filter(isSilent).map(device => device.id))
    return explain(stored, await this.trace(id, userId), this.clock.now(), silent).join('\n')
  }

  /** Ids of the events that devices were brought, in order. */
  shown(): readonly string[] {
    return this.service.received.map(one => one.message.ec.id)
  }

  /** Goes on with what the disk holds, as after `kill -9`. */
  async crash(): Promise<void> {
    await this.#stop()
    await this.embedded.crash()
    await this.#start()
  }

  /**
   * Goes on with what the disk holds at this moment, though there is work in hand: what the old agent still does, once
   * `release` lets it end, counts for nothing.
   */
  async kill(release: () => void): Promise<void> {
    const crashed = this.embedded.crash()
    release()
    await crashed
    await this.#stop()
    await this.#start()
  }

  /** Stops at once, in the middle of whatever goes on, and starts again. */
  async restart(): Promise<void> {
    await this.#stop()
    await this.embedded.reopen()
    await this.#start()
  }

  /**
   * Waits until something is so, while the time goes on with each look: under load the queue gives way to others for a
   * moment of the clock.
   */
  async until(isSo: () => unknown, stepMs = 1): Promise<void> {
    await vi.waitFor(
      async () => {
        this.clock.advance(stepMs)
        this.backend.queue.wake()
        await isSo()
      },
      { timeout: 20_000, interval: 2 },
    )
  }

  async #stop(): Promise<void> {
    let hasStopped = false
    const stopping = this.backend.queue.stop(0).then(() => (hasStopped = true))
    await vi.waitFor(
      () => {
        // The grace of nothing is over at once, by the clock.
        this.clock.advance(0)
        if (!hasStopped) throw new Error('the queue has not stopped')
      },
      { timeout: 20_000, interval: 1 },
    )
    await stopping
    await this.#parts.push.close()
    this.#parts.email?.close()
    this.#parts.people.close()
    this.#parts.questions.close()
  }

  async #start(): Promise<void> {
    const { store, bus, queue } = this.backend
    const { clock } = this
    const ids = createIds(clock, randomBytes)
    const log = silentLog
    const meter = silentMeter
    const wake = (): void => queue.wake()
    const people = await openPeople({ store, bus, log })
    const tally = createTally()
    const { plan, planAgain, ...digests } = createPlanner({
      facts: { rules: [], ladders: this.#options.ladders ?? {} },
      available: () => ['ws', ...dispatchers.keys()],
      people,
      tally,
      presenceOf: () => this.presence,
      governs: true,
    })
    const emitter = createEmitter({ store, bus, clock, ids, meter, wake, plan, unplan: tally.forget })
    const questions = createQuestions({ store, bus, clock, wake })
    const push = openPush({
      store,
      bus,
      clock,
      ids,
      random,
      randomBytes,
      log: silentLog,
      hosts: [],
      record: () => {},
      home: () => 'https://ec.example.org/',
      changed: people.refresh,
      answer: questions.answerAs,
      onTrouble: (origin, reason) => void this.troubles.push(`${new URL(origin).hostname}: ${reason}`),
      guard: createEndpointGuard({ hosts: [this.service.host], allowsAddress: () => true }),
      ca: this.service.ca,
    })
    const email = await this.#openEmail({ ids, answer: questions.answerAs, changed: people.refresh })
    const mail = email === null || email.dispatcher === null ? [] : [email.dispatcher]
    const dispatchers = listDispatchers([push.dispatcher, ...mail, ...(this.#options.others ?? [])])
    this.#running = { emitter, questions, people, push, email }
    queue.start(
      createPipeline({
        store,
        dispatchers,
        planAgain,
        digests,
        digestMailer: email?.digestMailer ?? null,
        governor: this.#options.governor ?? GOVERNOR,
        refresh: people.refresh,
        questions,
        sync: NOTHING_SYNCED,
        clock,
        random,
        log,
        meter,
        events: emitter,
        loadProvider: () => Promise.reject(new Error('there are no providers here')),
        findResource: async () => null,
        callBack: async () => {},
        onSettled: () => {},
      }),
    )
  }

  async #openEmail(parts: Pick<EmailOptions, 'ids' | 'answer' | 'changed'>): Promise<Email | null> {
    if (this.#server === null) return null
    const { store, bus } = this.backend
    return openEmail({
      ...parts,
      store,
      bus,
      clock: this.clock,
      log: silentLog,
      randomBytes,
      config: {
        smtp: { url: this.#server.url, from: 'EventCenter <ec@example.org>' },
        email: { ...DEFAULT_CONFIG.email, inbox_url: 'https://app.example.org/inbox' },
      },
      record: call => void this.calls.push(call),
      base: () => 'https://ec.example.org',
      tellOperator: ({ title }) => void this.troubles.push(title),
    })
  }
}

/** None of its resources has an account. */
const NOTHING_SYNCED = {
  run: () => Promise.reject(new Error('nothing is synced here')),
  announce: () => Promise.resolve(null),
  bury: () => ({}),
  settled() {},
}
