/**
 * The clock of a machine that can sleep: meanwhile none of its timers fires and its monotonic time stands, while the wall
 * clock goes on, as on a laptop with its lid closed.
 */
export class GateClock {
  #base
  #slept = 0
  #asleepSince = null
  #held = []

  constructor(base) {
    this.#base = base
  }

  get isAsleep() {
    return this.#asleepSince !== null
  }

  now() {
    return this.#base.now()
  }

  monotonic() {
    return (this.#asleepSince ?? this.#base.monotonic()) - this.#slept
  }

  setTimer(run, ms) {
    const timer = { at: this.monotonic() + Math.max(0, ms), run, armed: null }
    this.#arm(timer)
    return {
      cancel: () => {
        timer.run = null
        timer.armed?.cancel()
      },
    }
  }

  sleep() {
    this.#asleepSince ??= this.#base.monotonic()
  }

  wake() {
    if (this.#asleepSince === null) return
    this.#slept += this.#base.monotonic() - this.#asleepSince
    this.#asleepSince = null
    for (const timer of this.#held.splice(0)) this.#arm(timer)
  }

  #arm(timer) {
    timer.armed = this.#base.setTimer(() => this.#due(timer), timer.at - this.monotonic())
  }

  #due(timer) {
    if (timer.run === null) return
    if (this.#asleepSince !== null) this.#held.push(timer)
    else if (this.monotonic() < timer.at) this.#arm(timer)
    else timer.run()
  }
}
