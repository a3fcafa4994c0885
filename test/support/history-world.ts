import { DEFAULT_CONFIG } from '#ec/core/config.js'
import { EcError } from '#ec/core/errors.js'
import { openSyncWorld, type SyncWorld } from '../../bench/support/sync-world.js'
import { watchCopies } from './copy-watch.ts'
import { SHARED, type History, type HistoryStep } from './history-steps.ts'
import type { ExpectedMail, Outcome } from './judge-history.ts'
import { healFaults, orderFault, orderRoughStart } from './order-fault.ts'
import { COLLEAGUE, PERSON, SandboxDeeds, type ReceivedMail } from './sandbox-deeds.ts'
import { seededChance } from './seeded-chance.ts'

const HOUR = 3_600_000
/** So many steps pass while the agent is away. */
const AWAY_STEPS = 6
/** Whoever has found the calendar gone looks for it once a day, and a quarter more. */
const MEND = 54 * HOUR
const SETTINGS = { project: 'world', service_account: 'push@world.iam.gserviceaccount.com' }

/** The agent beside the sandbox with many calendars and a mailbox, to which a history happens. */
export class HistoryWorld {
  readonly #world: SyncWorld
  readonly #deeds: SandboxDeeds
  readonly #resources = new Map<string, string>()
  #mailbox = ''
  #account = ''
  #away: { readonly how: 'down' | 'asleep'; readonly until: number; left: number } | null = null

  private constructor(world: SyncWorld) {
    this.#world = world
    this.#deeds = new SandboxDeeds(world.sandbox.control)
  }

  /** Everything is there and watched, and the first reads are under way. */
  static async open({ seed, before, ragged, isRough }: History): Promise<HistoryWorld> {
    const world = await openSyncWorld({
      seed,
      accounts: [PERSON, COLLEAGUE].map(email => ({ email, timeZone: 'Europe/Madrid' })),
      manners: { empty_page_rate: ragged / 200, short_page_rate: ragged / 100 },
      // A day of polling at the usual pace is thousands of reads, and none of them finds more.
      config: { sync: { ...DEFAULT_CONFIG.sync, poll: 3 * HOUR } },
      chance: seededChance(seed),
    })
    watchCopies(world.paths.store)
    const made = new HistoryWorld(world)
    for (const [on, count] of before.entries()) made.#deeds.fill(on, count)
    await made.#begin(isRough)
    return made
  }

  async #begin(isRough: boolean): Promise<void> {
    const world = this.#world
    await this.#signIn()
    const { setup } = world.client.accounts
    const { steps } = await setup.check(this.#account, SETTINGS)
    for (const { id } of steps) await setup.do(this.#account, id, SETTINGS)
    if (isRough) orderRoughStart(world.sandbox.control)
    for (const calendar of this.#deeds.calendars) {
      this.#resources.set(calendar, await world.goOnUntil(world.watch(this.#account, calendar)))
    }
    this.#mailbox = await world.goOnUntil(world.watch(this.#account, PERSON, 'gmail'))
  }

  async perform(step: HistoryStep & { readonly afterMs: number }): Promise<void> {
    await this.#world.advance(step.afterMs)
    await this.#comeBack()
    await this.#do(step)
  }

  async #do(step: HistoryStep): Promise<void> {
    const world = this.#world
    const deeds = this.#deeds
    const { control } = world.sandbox
    switch (step.kind) {
      case 'create':
        return deeds.create(step)
      case 'burst':
        return deeds.createMany(step)
      case 'series':
        return deeds.createSeries(step)
      case 'reschedule':
        return deeds.reschedule(step)
      case 'rename':
        return deeds.rename(step)
      case 'rule':
        return deeds.changeRule(step)
      case 'instance':
        return deeds.changeInstance(step)
      case 'delete':
        return deeds.delete(step)
      case 'end-series':
        return deeds.endSeries(step)
      case 'clear':
        return deeds.clear(step.on)
      case 'move':
        return deeds.move(step)
      case 'share':
        return deeds.mutate({ do: 'calendar.share', calendar: deeds.id(step.on), with: PERSON, role: step.role })
      case 'expire':
        return deeds.mutate({ do: 'calendar.expire-tokens', calendar: deeds.id(step.on) })
      case 'mute':
        return this.#mute(step.on)
      case 'mail':
        return deeds.receive(step.labels)
      case 'bring-in':
        return deeds.bringIn(step.which)
      case 'delete-mail':
        return deeds.deleteMail(step.which)
      case 'forget-history':
        return deeds.mutate({ do: 'mail.expire-history' })
      case 'fault':
        return orderFault(control, step)
      case 'heal':
        return healFaults(control)
      case 'quota':
        return void control.manners({ quota_user_per_minute: step.perMinute, quota_refusal: step.refusal })
      case 'kill':
        return this.#leave('down', step.downMs)
      case 'sleep':
        return this.#leave('asleep', step.ms)
      case 'webhooks':
        return this.#ask(() => world.client.features.set('webhooks', step.isOn))
      case 'pause': {
        const { resources } = world.client
        const id = this.#resource(step.on)
        return this.#ask(() => (step.isPaused ? resources.pause(id) : resources.resume(id)))
      }
      case 'full':
        return this.#ask(() => world.client.resources.sync(this.#resource(step.on), { full: true }))
      case 'revoke':
        return deeds.mutate({ do: 'grant.revoke', account: PERSON })
      case 'sign-in':
        // The page of consent may be one of the things that do not work.
        return this.#ask(() => this.#signIn().catch(() => {}))
      case 'pass':
        return world.advance(step.ms)
      default:
        step satisfies never
    }
  }

  /** Nothing goes wrong any more, a person does what is asked of him, and as much time passes as finding out may take. */
  async mend(): Promise<void> {
    const world = this.#world
    if (this.#away !== null) await this.#comeBack(true)
    const { resources, features } = world.client
    healFaults(world.sandbox.control)
    for (const calendar of this.#deeds.calendars.slice(0, SHARED)) {
      this.#deeds.mutate({ do: 'calendar.share', calendar, with: PERSON, role: 'reader' })
    }
    await world.goOnUntil(this.#signIn())
    await this.#ask(() => features.set('webhooks', true))
    for (const id of this.#resources.values()) await this.#ask(() => resources.resume(id))
    await world.advance(MEND)
    const held = world.query<{ readonly id: string }>(
      'select id from resources join syncs on resource_n = resources.n where held_deletion is not null',
    )
    for (const { id } of held) await this.#ask(() => resources.sync(id, { full: true, confirm_deletion: true }))
    await world.advance(HOUR)
  }

  /** How it stands at this moment. */
  outcome(): Outcome {
    const { sandbox, query } = this.#world
    return {
      resources: this.#resources,
      truth: new Map(this.#deeds.calendars.map(id => [id, sandbox.control.events(id)])),
      mailbox: this.#mailbox,
      mails: this.#deeds.mails.map(mail => ({ id: mail.id, at: mail.inboxAt ?? 0, wanted: this.#wantedOf(mail) })),
      query,
    }
  }

  /** Requests that the services saw, and those in the ledger. */
  calls(): { readonly onWire: number; readonly inLedger: number } {
    const [row] = this.#world.query<{ readonly count: number }>('select count(*) as count from calls')
    return { onWire: this.#world.requests(), inLedger: row?.count ?? 0 }
  }

  close(): Promise<void> {
    return this.#world.close()
  }

  /**
   * After Gmail has forgotten its history, its newest 2,000 mails since two hours before the last good read are looked
   * through, by when they were received: what came into the inbox out of another folder meanwhile may be missed.
   */
  #wantedOf({ inboxAt, place }: ReceivedMail): ExpectedMail['wanted'] {
    if (inboxAt === null) return 'never'
    if (place === 'deleted') return 'at most once'
    return place === 'brought in' && this.#wasLookedThrough() ? 'at most once' : 'once'
  }

  #wasLookedThrough(): boolean {
    const [row] = this.#world.query<{ readonly count: number }>(
      `select count(*) as count from sync_runs join resources on resources.n = resource_n
       where resources.id = ? and sync_runs.type = 'full'`,
      this.#mailbox,
    )
    return (row?.count ?? 0) > 1
  }

  async #signIn(): Promise<void> {
    this.#account = await this.#world.signIn(PERSON, { providers: ['google-calendar', 'gmail'] })
  }

  async #leave(how: 'down' | 'asleep', ms: number): Promise<void> {
    const world = this.#world
    if (this.#away !== null) return
    if (how === 'asleep') await world.sleep()
    else await world.stop(0)
    this.#away = { how, until: world.clock.now() + ms, left: ms === 0 ? 0 : AWAY_STEPS }
    await this.#comeBack()
  }

  async #comeBack(isNow = false): Promise<void> {
    const world = this.#world
    if (this.#away === null) return
    const { how, until, left } = this.#away
    this.#away.left = left - 1
    if (left > 0 && !isNow && world.clock.now() < until) return
    await world.advanceTo(until)
    this.#away = null
    if (how === 'asleep') await world.wake()
    else await world.start()
  }

  /** Asks the agent, unless nobody is there. What contradicts itself is refused, as to resume what is not paused. */
  async #ask(question: () => Promise<unknown>): Promise<void> {
    if (this.#away !== null) return
    await this.#world.goOnUntil(
      question().catch((error: unknown) => {
        if (!(error instanceof EcError) || error.code !== 'EC_CONFLICT') throw error
      }),
    )
  }

  /** The channel lives on and says nothing. */
  #mute(on: number): void {
    if (this.#away?.how === 'down') return
    const [row] = this.#world.query<{ readonly id: string }>(
      `select subscriptions.id from subscriptions join resources on resource_n = resources.n
       where resources.id = ? and subscriptions.state = 'active' order by subscriptions.n desc limit 1`,
      this.#resource(on),
    )
    if (row !== undefined) this.#deeds.mutate({ do: 'channel.mute', channel: row.id })
  }

  #resource(on: number): string {
    return this.#resources.get(this.#deeds.id(on)) ?? ''
  }
}
