import { randomBytes as machineBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { openBackend } from '../backends/index.ts'
import { writeAgentFile } from '../core/agent-file.ts'
import type { AgentOptions, RunningAgent } from '../core/agent-options.ts'
import type { CheckResult } from '../core/check.ts'
import { namedEndpoints, readEndpoints } from '../core/endpoints.ts'
import { EcError } from '../core/errors.ts'
import { createHttpDoor } from '../core/http.ts'
import { createIds } from '../core/ids.ts'
import { judgeEndpoints } from '../core/judge-endpoints.ts'
import { createSeal } from '../core/seal.ts'
import { readSessionCookie } from '../core/session-cookie.ts'
import { TokenBuckets } from '../core/token-buckets.ts'
import { loadFamily, loadProvider } from '../providers/index.ts'
import { createAccountApi } from './accounts/account-api.ts'
import { checkAccounts } from './accounts/check-accounts.ts'
import { createAccounts } from './accounts/accounts.ts'
import { createStreams } from './accounts/streams.ts'
import { Feed } from './activity/feed.ts'
import { Answers } from './calendars/answers.ts'
import { createCacheApi } from './calendars/cache-api.ts'
import { createCalendarApi } from './calendars/calendar-api.ts'
import { watchClock } from './clock-watch.ts'
import { lockDataDir } from './data-lock.ts'
import { createChannelApi } from './dispatch/outlets/channel-api.ts'
import { openChannels } from './dispatch/open-channels.ts'
import { createStream } from './dispatch/ws/stream.ts'
import { createEventApi } from './events/api.ts'
import { createEmitter } from './events/emitter.ts'
import { createOperatorBell } from './events/operator-bell.ts'
import { createTraceBuffer } from './events/trace-buffer.ts'
import { forgetAccounts } from './forget-accounts.ts'
import { checkMasterKey } from './house/check-key.ts'
import { checkResources } from './house/check-resources.ts'
import { createDiagnosticApi } from './house/diagnostics.ts'
import { createHouse } from './house/house.ts'
import { createJobApi } from './house/jobs.ts'
import { createReach } from './house/reach.ts'
import { createResourceApi } from './house/resources.ts'
import { createUserApi } from './house/users.ts'
import type { Api } from './http/api.ts'
import { createHostGuard } from './http/hosts.ts'
import { DEFAULT_LIMITS } from './http/limits.ts'
import { openListeners } from './http/listeners.ts'
import { createMeter } from './http/metrics.ts'
import { createOrigins } from './http/origins.ts'
import { problemHeaders, toProblem } from './http/problem.ts'
import { createAddressReader } from './http/remote-address.ts'
import { createSchemeReader } from './http/request-scheme.ts'
import { renderActivity } from './http/render/activity.ts'
import { renderQuestion } from './http/render/question.ts'
import { startLedger } from './ledger.ts'
import { createIdentity } from './identity/identity.ts'
import { createSessions } from './identity/sessions.ts'
import { createPipeline } from './pipeline.ts'
import { proveMasterKey } from './prove-master-key.ts'
import { createNotificationApi } from './receive/notifications.ts'
import { processingJob } from './receive/processing-job.ts'
import { createStreamed } from './receive/streamed.ts'
import { createVerifyContext } from './receive/verify-context.ts'
import { createWebhooks } from './receive/webhooks.ts'
import { createCallback } from './questions/callback.ts'
import { createQuestions } from './questions/questions.ts'
import { startRetention } from './retention.ts'
import { openPeople } from './route/people.ts'
import { createPlanner } from './route/planner.ts'
import { createTally } from './route/tally.ts'
import { Supervisor } from './supervisor.ts'
import { createSyncEngine } from './sync/engine.ts'
import { WayIn } from './way-in.ts'

/** Addresses that are remembered for their failed attempts. */
const MAX_FAILING_ADDRESSES = 10_000

/**
 * Starts the agent and resolves when it serves. This is the one place where the parts are made and meet: configuration,
 * then the backend, then the stages, then the doors, then the work. If a part cannot start, those that did are stopped
 * and its error is thrown.
 */
export async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  const { config, paths, log, clock, version } = options
  const supervisor = new Supervisor(log)
  try {
    const unlock = lockDataDir(paths.lock)
    supervisor.add('lock', unlock)
    return await start(supervisor)
  } catch (error) {
    await supervisor.stop().catch(() => {})
    throw error
  }

  async function start(parts: Supervisor): Promise<RunningAgent> {
    const { random, randomBytes } = options.chance ?? { random: Math.random, randomBytes: machineBytes }
    const ids = createIds(clock, randomBytes)
    const seal = createSeal(options.masterKey)
    const meter = createMeter()
    const url = config.database_url ?? pathToFileURL(paths.store).href
    const backend = await openBackend(url, { clock, ids, log, seal, random })
    parts.add('backend', () => backend.close())
    const { store, queue, bus, cache } = backend
    await proveMasterKey(store, options)
    if (options.sandbox !== undefined) await forgetAccounts(store)
    const wake = (): void => queue.wake()
    const instance = (): string => store.identity().instance
    const wayIn = new WayIn({ agent: options, random, randomBytes, instance, moved: () => void sync.moved() })
    const { publicUrl, pagesUrl, inboxUrl } = wayIn

    const traces = createTraceBuffer({ store, clock, log })
    parts.add('traces', () => traces.flush())
    const clockWatch = watchClock(clock, byMs => {
      log.warn('the clock of this machine jumped', { by_ms: byMs })
      // Retries that were set on the old time line would wait for hours that have passed already.
      if (byMs < 0) void store.shiftRetries(byMs).then(wake, () => {})
      else wake()
      wayIn.lookSoon()
      void sync.jumped(byMs)
    })
    parts.add('clock watch', () => clockWatch.stop())

    const ledger = startLedger({ store, clock, log, meter })
    parts.add('ledger', () => ledger.flush())
    const network = createHttpDoor({
      clock,
      random,
      record: ledger.record,
      onWait: ({ provider }) => meter.counter('ec_api_budget_waits_total', { provider }).add(),
    })
    parts.add('network', () => network.close())
    const endpoints = readEndpoints(config)
    const identity = createIdentity({ store, bus, clock, ids, randomBytes })
    parts.add('identity', () => identity.close())
    const sessions = createSessions({ store, bus, clock, ids, randomBytes, inboxUrl })
    parts.add('sessions', () => sessions.close())
    const people = await openPeople({ store, bus, log })
    parts.add('people', () => people.close())
    const tally = createTally()
    const { plan, planAgain, ...digests } = createPlanner({
      facts: { rules: config.route.rules, ladders: config.route.ladders },
      available: () => ['ws', ...channels.dispatchers.keys()],
      outletsOf: ({ user_id, type }) => channels.outletsOf(user_id, type),
      people,
      tally,
      presenceOf: userId => stream.presenceOf(userId),
      governs: config.push.governor.enabled,
    })
    const emitter = createEmitter({ store, bus, clock, ids, meter, wake, plan, unplan: tally.forget })
    // The end of a snooze is a job, which nobody else knows of.
    const unwatch = bus.subscribe('stream', ({ items }) => {
      if (items.some(item => item.kind === 'state' && item.state === 'snoozed')) wake()
    })
    parts.add('snoozes', unwatch)
    const bell = createOperatorBell({ emitter, log })
    const questions = createQuestions({ store, bus, clock, wake })
    parts.add('questions', () => questions.close())
    const activity = new Feed({
      store,
      bus,
      clock,
      log,
      tally: meter,
      clients: () => stream.clients(),
      render: renderActivity,
    })
    parts.add('activity', () => activity.drain())
    const verifyContext = createVerifyContext({ network, endpoints, clock, publicUrl })
    const webhooks = createWebhooks({
      store,
      loadProvider,
      bus,
      verifyContext,
      clock,
      log,
      meter,
      backlog: () => queue.waiting(),
      onAccepted: wake,
      onStored: () => activity.notice(),
      settings: receiveSettings(),
    })
    parts.add('webhooks', () => webhooks.close())
    const accounts = createAccounts({
      name: ids.uuid(),
      store,
      loadFamily,
      network,
      endpoints,
      allowEndpoints: config.allow_endpoints,
      clock,
      log,
      ring: bell.ring,
    })
    parts.add('accounts', () => accounts.close())
    const sync = createSyncEngine({
      store,
      bus,
      loadProvider,
      contextFor: accounts.contextFor,
      events: emitter,
      publicUrl,
      clock,
      ids,
      random,
      randomBytes,
      log,
      meter,
      wake,
      ...syncSettings(),
    })
    parts.add('sync', () => sync.stop())
    const streams = createStreams({
      store,
      accounts,
      loadFamily,
      loadProvider,
      accept: createStreamed({ store, clock, log, meter, onAccepted: wake, onStored: () => activity.notice() }),
      clock,
      random,
      log,
    })
    parts.add('streams', () => streams.stop())
    parts.add(
      'restored streams',
      bus.subscribe('restored', () => streams.refresh()),
    )
    const readAddress = createAddressReader(config.trusted_proxies)
    const schemeOf = createSchemeReader(config.trusted_proxies)
    const origins = createOrigins(config.http.origins, publicUrl, schemeOf)
    const stream = createStream({
      store,
      bus,
      clock,
      ids,
      log,
      meter,
      random,
      trace: traces.add,
      verify: identity.verify,
      redeemTicket: identity.redeemTicket,
      answer: questions.answerAs,
      readCookie: request => readSessionCookie(request.headers.cookie, schemeOf(request) === 'https')?.secret ?? null,
      verifySession: async secret => {
        const found = await sessions.verify(secret)
        if (found === null) return null
        const { id, userId, expiresAt } = found.session
        return { userId, expiresAt, login: id }
      },
      isOriginAllowed: origins.isAllowed,
      operatorSecret: null,
      checkHost: createHostGuard(config.http.hosts),
      readAddress,
      failures: new TokenBuckets(DEFAULT_LIMITS.failedLogins, MAX_FAILING_ADDRESSES, clock),
      renderRefusal: error => ({ headers: problemHeaders(error), body: JSON.stringify(toProblem(error)) }),
    })
    parts.add('stream', () => stream.close())

    const channels = await openChannels({
      store,
      bus,
      clock,
      ids,
      log,
      random,
      randomBytes,
      config,
      env: options.env,
      record: ledger.record,
      home: inboxUrl,
      pages: pagesUrl,
      changed: people.refresh,
      ring: bell.ring,
      answer: questions.answerAs,
    })
    parts.add('channels', () => channels.close())

    const answers = new Answers({ cache, bus, store, log, ttlMs: config.cache.ttl_s * 1000 })
    parts.add('answers', () => answers.close())
    let draining = false
    const { house, health } = createHouse({
      backend,
      clock,
      version,
      checks: () => [clockWatch.check(), ...wayIn.checks()],
      budgets: () => network.budgets(),
      examine,
      checkPublicUrl: () => wayIn.check(),
      prove: (nonce, door) => wayIn.proofs.answer(nonce, door),
      isDraining: () => draining,
      url: () => wayIn.localUrl,
      publicUrl,
      inboxUrl,
      sandbox: options.sandbox ?? null,
      publicPort: () => wayIn.publicPort,
      clients: () => stream.clients(),
      metrics: () => meter.read(),
    })
    const api: Api = {
      health,
      identity,
      sessions,
      webhooks,
      events: createEventApi({ store, bus, clock, emitter }),
      questions: questions.api,
      stream,
      activity,
      notifications: createNotificationApi({ store, loadProvider, verifyContext, clock }),
      resources: createResourceApi({
        store,
        bus,
        clock,
        ids,
        randomBytes,
        loadProvider,
        heldJob: processingJob,
        beforeRemoval: sync.stopAll,
        wake,
        publicUrl: () => publicUrl() ?? wayIn.localUrl,
      }),
      accounts: createAccountApi({
        store,
        accounts,
        loadFamily,
        loadProvider,
        endpoints,
        client: () => googleClient(),
        publicUrl,
        clock,
        ids,
        log,
        beforeRemoval: sync.stopAll,
        onChanged: streams.refresh,
        onResource: id => bus.publish('changed', { what: 'resource', id }),
      }),
      sync: sync.api,
      calendars: createCalendarApi({ store, loadProvider, answers }),
      cache: createCacheApi({ cache, answers }),
      users: createUserApi({
        store,
        bus,
        clock,
        changed: people.refresh,
        signOut: id => sessions.end(id, null),
        reach: createReach({
          store,
          clock,
          presenceOf: userId => stream.presenceOf(userId),
          ageOfKey: channels.push.ageOfKey,
          hasMail: () => channels.dispatchers.has('email'),
        }),
      }),
      diagnostics: createDiagnosticApi({ store, clock, operator: config.user, ring: bell.ring }),
      keys: identity.keys,
      push: channels.push,
      email: channels.email,
      channels: createChannelApi({
        dispatchers: [stream.dispatcher, ...channels.dispatchers.values()],
        clock,
        ids,
        user: config.user,
      }),
      jobs: createJobApi({ store, clock, wake }),
      house,
    }

    const doors = await openListeners({
      api,
      clock,
      ids,
      log,
      meter,
      version,
      private: { host: options.host, port: options.port },
      public: wayIn.door,
      socketPath: paths.socket,
      socketSecret: null,
      hosts: [...config.http.hosts, ...hostOf(pagesUrl())],
      origins,
      trustedProxies: config.trusted_proxies,
      limits: { unverifiedBytes: config.receive.max_unverified_bytes },
    })
    parts.add('doors', () => doors.close(0))
    wayIn.open(doors)
    parts.add('way in', () => wayIn.stop())
    queue.start(
      createPipeline({
        store,
        loadProvider,
        findResource: webhooks.findResource,
        events: emitter,
        sync,
        questions,
        dispatchers: channels.dispatchers,
        planAgain,
        digests,
        digestMailer: channels.digestMailer,
        governor: config.push.governor.enabled ? config.push.governor : null,
        refresh: userId => {
          bus.publish('changed', { what: 'user', id: userId })
          return people.refresh(userId)
        },
        callBack: createCallback({
          store,
          network,
          clock,
          secretOf: identity.callbackSecretOf,
          render: renderQuestion,
        }),
        clock,
        random,
        log,
        meter,
        onSettled: () => activity.notice(),
      }),
    )
    streams.refresh()
    void sync.start()
    const retention = startRetention({ store, clock, log, periods: config.retention })
    parts.add('retention', () => retention.stop())
    writeAgentFile(paths.agent, { url: doors.url, socket: paths.socket, version, pid: process.pid, secret: null })
    parts.add('agent file', () => rmSync(paths.agent, { force: true }))
    log.info('the agent serves', { url: doors.url, version, instance: instance() })

    let stopping: Promise<void> | null = null
    async function stop(graceMs: number): Promise<void> {
      draining = true
      // What a stream brings from here on waits at its service.
      await streams.stop()
      webhooks.drain()
      doors.drain()
      activity.drain()
      questions.drain()
      await Promise.all([stream.drain(graceMs), queue.stop(graceMs), doors.close(graceMs)])
      await parts.stop()
      log.info('the agent has stopped')
    }
    return {
      url: doors.url,
      inbox: inboxUrl(),
      socket: paths.socket,
      version,
      isStill: (unanswered = 0) => backend.isStill() && network.onWire() <= unanswered,
      stop: graceMs => (stopping ??= stop(graceMs)),
      failed: new Promise<EcError>(() => {}),
    }

    /** What the operator is told beyond what the parts say of themselves. */
    async function examine(): Promise<readonly CheckResult[]> {
      return [
        ...checkMasterKey(options.masterKey, options.keySource, paths.masterKey),
        judgeEndpoints(namedEndpoints(config)),
        ...(await checkResources({ store, loadProvider, clock, publicUrl })),
        ...(await sync.checks()),
        ...(await checkAccounts({ store, accounts, loadFamily, log })),
        ...(await channels.checks()),
      ]
    }

    /** The OAuth client of the configuration; null = each sign-in brings its own. */
    function googleClient() {
      const { client_id: id, client_secret: secret } = config.google
      return id === null ? null : { id, secret }
    }

    function syncSettings() {
      const { poll, fallback, fallback_max, silence, coalesce } = config.sync
      const times = { pollMs: poll, fallbackMs: fallback, fallbackMaxMs: fallback_max, silenceMs: silence }
      return { times, coalesceMs: coalesce }
    }

    function receiveSettings() {
      const { backlog, rate_per_resource, rate_per_address } = config.receive
      return {
        maxBacklog: backlog,
        resourceRate: { burst: 2 * rate_per_resource, perSecond: rate_per_resource },
        addressRate: { burst: 2 * rate_per_address, perSecond: rate_per_address },
      }
    }
  }
}

/** Whoever follows a link of ours comes under the name that stands in it. */
function hostOf(url: string | null): readonly string[] {
  return url === null ? [] : [new URL(url).hostname]
}
