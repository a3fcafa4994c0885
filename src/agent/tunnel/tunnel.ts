import { judge, type CheckResult } from '../../core/check.ts'
import type { Clock, Timer } from '../../core/clock.ts'
import type { Log } from '../../core/log.ts'
import type { TunnelKind } from '../../core/tunnel.ts'
import { startTunnelProcess, type TunnelProcess } from './tunnel-process.ts'
import { TUNNEL_PROGRAMS } from './tunnel-programs.ts'

export interface TunnelOptions {
  readonly kind: TunnelKind
  /** Where the public listener is: `http://127.0.0.1:PORT`. */
  readonly target: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly random: () => number
  readonly log: Log
  /** Whether this agent answers at an address of the tunnel. */
  readonly reaches: (url: string) => Promise<boolean>
  /** Told whenever the address is another one, or none. */
  readonly changed: (url: string | null) => void
}

/** What a program of somebody else's needs to find its own things; nothing of ours. */
const PASSED_ON = ['PATH', 'HOME', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'XDG_CONFIG_HOME', 'SYSTEMROOT', 'TMPDIR']

/** Between two looks whether the tunnel still leads here. */
const LOOK_MS = 5 * 60_000
/** A new address takes a while until the names of the world know it. */
const FIRST_LOOK_MS = 15_000
/** A single look may fail by itself. */
const MAX_MISSES = 3
const MISSED_LOOK_MS = 20_000
const RESTART = { baseMs: 2_000, capMs: 5 * 60_000 } as const

/**
 * Keeps a tunnel up. Its program is started, says where it begins, and is started anew when it ends, or when nobody reaches
 * this agent by it any more. The address may be another one each time, so whoever depends on it is told.
 */
export class Tunnel {
  readonly #options: TunnelOptions
  #process: TunnelProcess | null = null
  #url: string | null = null
  #why = 'it is starting'
  #starts = 0
  #misses = 0
  #timer: Timer | null = null
  #stopped = false

  constructor(options: TunnelOptions) {
    this.#options = options
  }

  /** Without a slash at its end; null while there is none. */
  get url(): string | null {
    return this.#url
  }

  start(): void {
    const { kind, target, env, clock, log } = this.#options
    const program = TUNNEL_PROGRAMS[kind]
    this.#starts += 1
    const passed = PASSED_ON.flatMap(name => (env[name] === undefined ? [] : [[name, env[name]] as const]))
    const tunnel = startTunnelProcess({
      argv: program.argv(target),
      env: Object.fromEntries(passed),
      clock,
      onLine: line => {
        const url = program.readLine(line)
        if (url !== null && this.#process === tunnel) this.#take(url)
      },
    })
    this.#process = tunnel
    log.info('a tunnel is being started', { program: kind, nth: this.#starts })
    void this.#follow(tunnel)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    const tunnel = this.#process
    this.#process = null
    await tunnel?.stop()
  }

  /** The machine slept, or its network changed: the tunnel is looked at now. */
  lookSoon(): void {
    if (this.#url !== null) this.#lookIn(1_000)
  }

  check(): CheckResult {
    const { kind } = this.#options
    if (this.#url !== null && this.#misses === 0) return judge('public.tunnel', 'ok', `${kind}: ${this.#url}`)
    const next = this.#why.includes('cannot be started')
      ? TUNNEL_PROGRAMS[kind].install
      : 'see `ec doctor`; it is tried again by itself'
    const status = this.#url === null ? 'fail' : 'warn'
    return judge(
      'public.tunnel',
      status,
      `${kind}: ${this.#misses > 0 ? 'nobody reaches this agent by it' : this.#why}`,
      next,
    )
  }

  async #follow(tunnel: TunnelProcess): Promise<void> {
    const { missing, reason } = await tunnel.ended
    if (this.#process === tunnel) this.#lost(missing, reason)
  }

  #take(url: string): void {
    if (url === this.#url) return
    this.#url = url
    this.#misses = 0
    this.#options.log.info('the tunnel has an address', { program: this.#options.kind, url })
    this.#options.changed(url)
    this.#lookIn(FIRST_LOOK_MS)
  }

  #lost(missing: boolean, reason: string): void {
    const { log, clock, random, kind, changed } = this.#options
    this.#process = null
    this.#why = reason
    this.#timer?.cancel()
    if (this.#stopped) return
    log.warn('the tunnel has ended', { program: kind, reason })
    if (this.#url !== null) {
      this.#url = null
      changed(null)
    }
    const longest = missing
      ? RESTART.capMs
      : Math.min(RESTART.capMs, RESTART.baseMs * 2 ** Math.min(10, this.#starts - 1))
    this.#timer = clock.setTimer(() => this.start(), longest * (0.5 + random() / 2))
  }

  #lookIn(ms: number): void {
    this.#timer?.cancel()
    this.#timer = this.#options.clock.setTimer(() => void this.#look(), ms)
  }

  async #look(): Promise<void> {
    const url = this.#url
    if (url === null || this.#stopped) return
    const reached = await this.#options.reaches(url).catch(() => false)
    if (this.#url !== url || this.#stopped) return
    if (reached) {
      this.#misses = 0
      // It holds: what went before is no reason to wait when it ends one day.
      this.#starts = 1
      return this.#lookIn(LOOK_MS)
    }
    this.#misses += 1
    if (this.#misses < MAX_MISSES) return this.#lookIn(MISSED_LOOK_MS)
    this.#options.log.warn('nobody reaches this agent by the tunnel: it is started anew', { url, misses: this.#misses })
    this.#misses = 0
    // Its end starts the next one.
    await this.#process?.stop()
  }
}
