import type { AutomaticCheck, Check, CheckCode, FixName, Outcome, Result } from './check.ts'
import type { DiagnosticContext } from './context.ts'
import type { Fix } from './fix.ts'
import { createLooks, type Looks } from './looks.ts'

export interface ExaminationState {
  /** In the order of the checks; what was not looked at yet is left out. */
  readonly results: readonly Result[]
  /** Is being looked at. */
  readonly running: ReadonlySet<CheckCode>
  /** Being done. */
  readonly fixing: FixName | null
  /** The last fix did not work, and why. */
  readonly trouble: { readonly fix: FixName; readonly reason: string } | null
}

/**
 * Looks at everything, in the order in which one thing needs the other and side by side where it does not; does what a
 * person presses, and looks again at what that touches. Whatever hangs is told as late. One round at a time.
 */
export class Examination {
  readonly #checks: readonly Check[]
  readonly #fixes: ReadonlyMap<FixName, Fix>
  readonly #ctx: DiagnosticContext
  readonly #listeners = new Set<(state: ExaminationState) => void>()
  readonly #results = new Map<CheckCode, Result>()
  readonly #running = new Set<CheckCode>()
  readonly #closed = new AbortController()
  #fixing: FixName | null = null
  #trouble: ExaminationState['trouble'] = null
  #round: Promise<void> = Promise.resolve()

  constructor(ctx: DiagnosticContext, checks: readonly Check[], fixes: readonly Fix[]) {
    this.#ctx = ctx
    this.#checks = checks
    this.#fixes = new Map(fixes.map(fix => [fix.name, fix]))
  }

  get state(): ExaminationState {
    return {
      results: this.#checks.flatMap(({ code }) => this.#results.get(code) ?? []),
      running: new Set(this.#running),
      fixing: this.#fixing,
      trouble: this.#trouble,
    }
  }

  /** Hears of each change; returns how to stop. */
  subscribe(listener: (state: ExaminationState) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Looks at all, or at these and whatever needs them; resolves when that is done. Never rejects. */
  run(codes?: readonly CheckCode[]): Promise<void> {
    this.#round = this.#round.then(() => this.#look(codes))
    return this.#round
  }

  /** Does what a button says, then looks again; resolves when that is done. Never rejects. Called from a click. */
  async fix(name: FixName): Promise<void> {
    const fix = this.#fixes.get(name)
    if (fix === undefined || this.#fixing !== null) return
    this.#fixing = name
    this.#trouble = null
    this.#tell()
    try {
      await this.#within(fix.deadlineMs, signal =>
        fix.run(this.#ctx, (code, outcome) => this.#settle(code, outcome), signal),
      )
    } catch (error) {
      if (!this.#closed.signal.aborted) this.#trouble = { fix: name, reason: reasonOf(error) }
    }
    this.#fixing = null
    this.#tell()
    if (fix.again.length > 0) await this.run(fix.again)
  }

  /** Ends what is under way and tells nobody anything more. */
  close(): void {
    this.#listeners.clear()
    this.#closed.abort()
  }

  async #look(codes: readonly CheckCode[] | undefined): Promise<void> {
    if (this.#closed.signal.aborted) return
    const chosen = codes === undefined ? this.#checks : this.#touchedBy(codes)
    for (const { code } of chosen) this.#running.add(code)
    this.#tell()
    const looks = createLooks(this.#ctx, this.#closed.signal)
    const under = new Map<CheckCode, Promise<Result>>()
    const find = (code: CheckCode): Promise<Result | undefined> =>
      under.get(code) ?? Promise.resolve(this.#results.get(code))
    // Each waits for those that it needs, which stand before it or are looked at already.
    const ends = chosen.map(check => {
      const end = Promise.resolve().then(() => this.#lookAt(check, looks, find))
      under.set(check.code, end)
      return end
    })
    await Promise.all(ends)
  }

  async #lookAt(check: Check, looks: Looks, find: (code: CheckCode) => Promise<Result | undefined>): Promise<Result> {
    const needed = await Promise.all(check.needs.map(find))
    const missing = check.needs.find((_code, i) => !isGood(needed[i]))
    const outcome = missing === undefined ? await this.#outcomeOf(check, looks) : waitsFor(missing)
    this.#running.delete(check.code)
    return this.#settle(check.code, outcome)
  }

  async #outcomeOf(check: Check, looks: Looks): Promise<Outcome> {
    if ('unasked' in check) {
      const told = this.#results.get(check.code)
      return told === undefined || told.state === 'needs' ? check.unasked : told
    }
    return this.#tryCheck(check, looks)
  }

  async #tryCheck({ run, deadlineMs }: AutomaticCheck, looks: Looks): Promise<Outcome> {
    try {
      return await this.#within(deadlineMs, signal => run(looks, signal))
    } catch (error) {
      if (error instanceof Late)
        return { status: 'fail', state: 'late', facts: { seconds: Math.round(deadlineMs / 1000) } }
      return { status: 'fail', state: 'broke', facts: { reason: reasonOf(error) } }
    }
  }

  /** Whatever hangs is left alone. */
  async #within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const ended = new AbortController()
    const closed = this.#closed.signal
    const { promise: late, reject } = withReject()
    const end = (): void => reject(new Late())
    const timer = this.#ctx.clock.setTimer(end, ms)
    closed.addEventListener('abort', end, { once: true })
    if (closed.aborted) end()
    try {
      return await Promise.race([work(ended.signal), late])
    } finally {
      timer.cancel()
      closed.removeEventListener('abort', end)
      ended.abort(new Late())
    }
  }

  /** These and whatever needs them, through any number of steps. */
  #touchedBy(codes: readonly CheckCode[]): readonly Check[] {
    const touched = new Set<CheckCode>(codes)
    for (let size = 0; size !== touched.size;) {
      size = touched.size
      for (const { code, needs } of this.#checks) if (needs.some(need => touched.has(need))) touched.add(code)
    }
    return this.#checks.filter(({ code }) => touched.has(code))
  }

  #settle(code: CheckCode, outcome: Outcome): Result {
    const result = { ...outcome, code }
    this.#results.set(code, result)
    this.#tell()
    return result
  }

  #tell(): void {
    const { state } = this
    for (const listener of this.#listeners) listener(state)
  }
}

/** `Promise.withResolvers`, which not every browser has yet. */
function withReject(): { readonly promise: Promise<never>; readonly reject: (reason: unknown) => void } {
  let settle: ((reason: unknown) => void) | undefined
  const promise = new Promise<never>((_resolve, reject) => (settle = reject))
  return { promise, reject: reason => settle?.(reason) }
}

class Late extends Error {
  constructor() {
    super('it did not end in time')
  }
}

function isGood(result: Result | undefined): boolean {
  return result !== undefined && (result.status === 'ok' || result.status === 'warn')
}

function waitsFor(code: CheckCode): Outcome {
  return { status: 'skipped', state: 'needs', facts: { code } }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
