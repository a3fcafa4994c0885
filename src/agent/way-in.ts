import type { AgentOptions } from '../core/agent-options.ts'
import type { CheckResult } from '../core/check.ts'
import type { RandomBytes } from '../core/ids.ts'
import { probeUrl, type ProbeResult } from '../core/probe-url.ts'
import type { TunnelKind } from '../core/tunnel.ts'
import { checkPublicUrl } from './house/check-public-url.ts'
import { createPublicProofs, type PublicProofs } from './house/public-proof.ts'
import type { Listeners, PublicDoor } from './http/listeners.ts'
import { Tunnel } from './tunnel/tunnel.ts'

export interface WayInOptions {
  readonly agent: Pick<AgentOptions, 'config' | 'env' | 'host' | 'publicUrl' | 'sandbox' | 'clock' | 'log'>
  readonly random: () => number
  readonly randomBytes: RandomBytes
  /** Of the store, by which the agent knows itself. */
  readonly instance: () => string
  /** Told whenever a tunnel leads here by another address, or by none. */
  readonly moved: () => void
}

/** For one answer through the public URL. */
const PROBE_MS = 5_000

/** How the world and people reach this agent: its public listener, a URL that was given, a tunnel; and whether they do. */
export class WayIn {
  /** Answers to our own looks from outside. */
  readonly proofs: PublicProofs
  readonly #options: WayInOptions
  #listeners: Listeners | null = null
  #tunnel: Tunnel | null = null

  constructor(options: WayInOptions) {
    this.#options = options
    this.proofs = createPublicProofs(options.agent.clock, options.randomBytes)
  }

  /** The listener for the world; null = there is none but the private one. */
  get door(): PublicDoor | null {
    const { config, host } = this.#options.agent
    const { port, tunnel, expose } = config.public
    // What a tunnel leads to is never the private listener.
    const taken = port ?? (tunnel === null ? null : 0)
    return taken === null ? null : { host, port: taken, expose }
  }

  /** Of this machine; '' before there is one. */
  get localUrl(): string {
    return this.#listeners?.url ?? ''
  }

  /** Of the listener for the world; null before it is open, and without one. */
  get publicPort(): number | null {
    return this.#listeners?.publicPort ?? null
  }

  /** The way from outside, without a slash at its end; a URL that was given goes before one that a tunnel makes. */
  readonly publicUrl = (): string | null => {
    const { publicUrl, sandbox } = this.#options.agent
    if (publicUrl !== null) return publicUrl.replace(/\/+$/, '')
    if (this.#tunnel !== null) return this.#tunnel.url
    // What stands in for the providers is on this machine, so this is where it reaches us.
    return sandbox === undefined ? null : (this.#listeners?.url ?? null)
  }

  /** Where people reach the pages that mail links to; null = the public URL does not lead there. */
  readonly pagesUrl = (): string | null => {
    return this.#exposes('pages') ? this.publicUrl() : null
  }

  /** The page that a person uses: it calls the API, so both have to be where the public URL leads. */
  readonly inboxUrl = (): string => {
    const home = this.#exposes('api') ? this.pagesUrl() : null
    return `${home ?? this.localUrl}/inbox`
  }

  /** The listeners are open: a tunnel that is wanted is started. */
  open(listeners: Listeners): void {
    this.#listeners = listeners
    const { config, publicUrl } = this.#options.agent
    const { tunnel } = config.public
    if (tunnel === null || publicUrl !== null) return
    this.#tunnel = this.#makeTunnel(tunnel, `http://127.0.0.1:${listeners.publicPort}`)
    this.#tunnel.start()
  }

  /** Much may have changed at once, as after sleep. */
  lookSoon(): void {
    this.#tunnel?.lookSoon()
  }

  /** Of the tunnel, if there is one. */
  checks(): readonly CheckResult[] {
    return this.#tunnel === null ? [] : [this.#tunnel.check()]
  }

  /** Looks for this agent from outside. */
  check(url: () => string | null = this.publicUrl): Promise<readonly CheckResult[]> {
    return checkPublicUrl({
      publicUrl: url,
      instance: this.#options.instance,
      port: () => this.#listeners?.publicPort ?? this.#listeners?.port ?? null,
      expose: this.#options.agent.config.public.expose,
      proofs: this.proofs,
      probe: url => this.#probe(url),
    })
  }

  async stop(): Promise<void> {
    await this.#tunnel?.stop()
  }

  #exposes(part: 'pages' | 'api'): boolean {
    return this.door === null || this.#options.agent.config.public.expose.includes(part)
  }

  #makeTunnel(kind: TunnelKind, target: string): Tunnel {
    const { agent, random, moved } = this.#options
    const { env, clock, log } = agent
    const reaches = async (url: string): Promise<boolean> => (await this.check(() => url))[0]?.status === 'ok'
    return new Tunnel({ kind, target, env, clock, random, log, reaches, changed: moved })
  }

  async #probe(url: string): Promise<ProbeResult> {
    const { clock } = this.#options.agent
    const late = new AbortController()
    const timer = clock.setTimer(() => late.abort(), PROBE_MS)
    return probeUrl(url, late.signal, () => clock.now()).finally(() => timer.cancel())
  }
}
