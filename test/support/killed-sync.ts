import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import { createClient, type EcClient } from '#ec/client.js'
import { isRecord, peekList, peekString, type JsonRecord } from '#ec/core/peek.js'
import { KilledAgent } from '../durability/killed-agent.ts'
import { createRandom, type Random } from '../durability/random.ts'
import { browse, CLIENT_ID } from './account-world.ts'
import { makeHome, startCli } from './cli.ts'
import { watchCopies } from './copy-watch.ts'
import { freePort } from './free-port.ts'
import type { Outcome } from './judge-history.ts'
import { send } from './sandbox.ts'
import { tempDir } from './temp-dir.ts'

const REDIRECT = 'http://127.0.0.1:53682/'
const COMMON = { family: 'google', providers: ['google-calendar', 'gmail'], setup: true, redirect_uri: REDIRECT }
const SETTINGS = { project: 'world', service_account: 'push@world.iam.gserviceaccount.com' }
/** Between two happenings in the sandbox, ms. */
const EVERY_MS = 60
/** How long an agent lives, ms. */
const SHORTEST_LIFE_MS = 100
const LONGEST_LIFE_MS = 3_000

/** Real processes in real time: a busy week in `ec sandbox`, and an agent beside it that keeps being killed. */
export class KilledSync {
  readonly #agent: KilledAgent
  readonly #url: string
  readonly #store: string
  readonly #random: Random
  readonly #resources = new Map<string, string>()
  #mailbox = ''
  #token = ''
  #calmAt = 0

  private constructor(agent: KilledAgent, url: string, store: string, random: Random) {
    this.#agent = agent
    this.#url = url
    this.#store = store
    this.#random = random
  }

  /** Everything is watched; the first reads may be under way still. */
  static async open(seed: number): Promise<KilledSync> {
    const home = makeHome()
    const args = [
      'sandbox',
      '--port',
      '0',
      '--json',
      '--life',
      'busy-week',
      '--every',
      `${EVERY_MS}ms`,
      '--seed',
      `${seed}`,
    ]
    const child = startCli(home, args)
    const [line] = await once(createInterface({ input: child.stdout }), 'line')
    const { env, google }: { readonly env: Readonly<Record<string, string>>; readonly google: string } =
      JSON.parse(line)
    const port = await freePort()
    const dataDir = tempDir()
    const agent = new KilledAgent({
      dataDir,
      port,
      env: {
        ...env,
        EC_GOOGLE_CLIENT_ID: CLIENT_ID,
        EC_GOOGLE_CLIENT_SECRET: 'the client secret',
        EC_PUBLIC_URL: `http://127.0.0.1:${port}`,
        EC_SYNC_COALESCE: '1s',
      },
    })
    onTestFinished(() => agent.kill())
    const sync = new KilledSync(agent, google, join(dataDir, 'ec.db'), createRandom(seed))
    await sync.#begin()
    return sync
  }

  async #begin(): Promise<void> {
    // Pages are ragged, so that kills fall between them.
    await this.#control('PATCH', 'manners', {
      short_page_rate: 0.7,
      empty_page_rate: 0.3,
      quota_user_per_minute: 1_000_000,
      quota_project_per_minute: 1_000_000,
    })
    this.#token = peekString(await this.#control('POST', 'tokens', {}), 'access_token')
    await this.#agent.spawn().ready
    watchCopies(this.#store)
    const client = await this.#client()
    const account = await signIn(client)
    const { steps } = await client.accounts.setup.check(account, SETTINGS)
    for (const { id } of steps) await client.accounts.setup.do(account, id, SETTINGS)
    const { found } = await client.accounts.discover(account)
    // A person would try again to sign in; what follows has to do so by itself.
    await this.#control('POST', 'faults', { on: 'push', kind: 'duplicate', rate: 0.1 })
    await this.#control('POST', 'faults', { kind: 'cut', rate: 0.03 })
    await this.#control('POST', 'faults', { kind: 'status', status: 503, rate: 0.05 })
    for (const { provider, target } of found) {
      const { id } = await client.resources.add({ provider, user: 'ana', name: target, account, target })
      if (provider === 'gmail') this.#mailbox = id
      else this.#resources.set(target, id)
    }
    client.close()
  }

  /** At a random moment of its life; it is away for a moment of random length too. */
  async killAndStart(): Promise<void> {
    await sleep(this.#random.between(SHORTEST_LIFE_MS, LONGEST_LIFE_MS))
    await this.#agent.kill()
    await sleep(this.#random.between(0, 500))
    await this.#agent.spawn().ready
  }

  /** Nothing goes wrong any more, nothing happens any more, and the agent starts for the last time. */
  async calm(): Promise<void> {
    await this.#agent.kill()
    await this.#control('DELETE', 'faults')
    await this.#control('POST', 'clock', { rate: 0 })
    await this.#control('PATCH', 'manners', { gmail_gap_ms: 0 })
    await this.#control('POST', 'mutate', { do: 'mail.receive', subject: 'The last one' })
    this.#calmAt = Date.now()
    await this.#agent.spawn().ready
  }

  /** Resources of which the last read began before everything was calm, or that have more to be done; and how they stand. */
  leftToRead(): readonly object[] {
    return this.#query<object>(
      `select resources.name, resources.state, error, pass, job, failure_count, next_at - ? as next_ms,
         last_sync_at - ? as last_ms, asked_cause, (select group_concat(state) from subscriptions
         where subscriptions.resource_n = syncs.resource_n) as subscriptions
       from syncs join resources on resources.n = syncs.resource_n where job is not null or pass is not null or error is not null
       or coalesce((select max(started_at) from sync_runs where sync_runs.resource_n = syncs.resource_n), 0) < ?`,
      this.#calmAt,
      this.#calmAt,
      this.#calmAt,
    )
  }

  async outcome(): Promise<Outcome> {
    const truth = new Map<string, readonly JsonRecord[]>()
    for (const calendar of this.#resources.keys()) {
      const found = await this.#control('GET', `calendars/${encodeURIComponent(calendar)}/events`)
      truth.set(calendar, peekList(found, 'events').filter(isRecord))
    }
    return {
      resources: this.#resources,
      truth,
      mailbox: this.#mailbox,
      mails: await this.#mails(),
      killedByChance: true,
      query: (text, ...values) => this.#query(text, ...values),
    }
  }

  figures() {
    const [row] = this.#query<{ readonly told: number; readonly reads: number; readonly notifications: number }>(
      `select (select count(*) from events) as told, (select count(*) from sync_runs) as reads,
       (select count(*) from notifications) as notifications`,
    )
    return row ?? { told: 0, reads: 0, notifications: 0 }
  }

  /** Those that are still in the inbox and unread have to be told; the person may have been faster with others. */
  async #mails(): Promise<Outcome['mails']> {
    const ids: string[] = []
    for (let page = ''; ;) {
      const list = await this.#gmail(`messages?maxResults=500${page === '' ? '' : `&pageToken=${page}`}`)
      ids.push(...peekList(list, 'messages').map(one => peekString(one, 'id')))
      page = peekString(list, 'nextPageToken')
      if (page === '') break
    }
    const mails = await Promise.all(ids.map(id => this.#gmail(`messages/${id}?format=minimal`)))
    return mails.map(mail => {
      const labels = peekList(mail, 'labelIds')
      const isOpen = labels.includes('INBOX') && labels.includes('UNREAD')
      return {
        id: peekString(mail, 'id'),
        wanted: isOpen ? 'once' : 'at most once',
        at: Number(peekString(mail, 'internalDate')),
      } as const
    })
  }

  #query<Row>(text: string, ...values: readonly unknown[]): readonly Row[] {
    const db = new Database(this.#store, { readonly: true })
    try {
      return db.prepare<unknown[], Row>(text).all(...values)
    } finally {
      db.close()
    }
  }

  async #client(): Promise<EcClient> {
    const { socket } = await this.#agent.up()
    return createClient({ socket })
  }

  async #control(method: string, path: string, body?: JsonRecord): Promise<unknown> {
    const { status, body: answer } = await send(`${this.#url}/_sandbox/${path}`, method, body)
    if (status >= 400) throw new Error(`the sandbox answered ${method} ${path} with ${status}`)
    return answer
  }

  async #gmail(path: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${this.#token}` }
    return (await send(`${this.#url}/gmail/v1/users/me/${path}`, 'GET', undefined, headers)).body
  }
}

async function signIn(client: EcClient): Promise<string> {
  const verifier = randomBytes(32).toString('base64url')
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const { url } = await client.accounts.begin({ ...COMMON, state: 's', challenge })
  const code = await browse(new URL(url))
  return (await client.accounts.finish({ ...COMMON, user: 'ana', code, verifier })).id
}
