import { isObject } from '../../shared/is-object.ts'
import type { DiagnosticContext } from '../context.ts'
import type { Fix } from '../fix.ts'

/** A push service has a message to a browser that is awake within a second or two. */
const SHOWN_MS = 20_000

/** Sends a push to this browser and waits until its worker says that it showed it. */
export const testFix: Fix = {
  name: 'test',
  again: ['browser.push.sent', 'browser.push.seen'],
  deadlineMs: SHOWN_MS + 15_000,
  async run(ctx, tell, signal) {
    const nonce = ctx.random()
    tell('browser.push.test', { status: 'unknown', state: 'test.sending' })
    const startedAt = ctx.clock.monotonic()
    const wait = awaitShown(ctx, `evt_test-${nonce}`, signal)
    try {
      const { outcome, reason } = await send(ctx, nonce)
      if (outcome !== 'delivered') {
        tell('browser.push.test', {
          status: 'fail',
          state: 'test.refused',
          facts: { reason },
          fixes: ['renew', 'test'],
        })
        return
      }
      tell('browser.push.test', { status: 'unknown', state: 'test.accepted' })
      if (await wait.shown) {
        const ms = Math.round(ctx.clock.monotonic() - startedAt)
        tell('browser.push.test', { status: 'ok', state: 'test.shown', facts: { ms }, fixes: ['test'] })
        tell('browser.push.seen', { status: 'unknown', state: 'seen.asked', fixes: ['seen', 'unseen'] })
      } else {
        tell('browser.push.test', { status: 'fail', state: 'test.unshown', fixes: ['test'] })
      }
    } catch (error) {
      tell('browser.push.test', { status: 'fail', state: 'broke', facts: { reason: String(error) }, fixes: ['test'] })
      throw error
    } finally {
      wait.stop()
    }
  },
}

async function send(
  ctx: DiagnosticContext,
  nonce: string,
): Promise<{ readonly outcome: string; readonly reason: string }> {
  const device = ctx.desk?.state.device ?? (await ctx.storage.readDevice())
  const trial = await ctx.agent.call('POST', 'api/push/test', { device, nonce })
  if (!isObject(trial)) throw new Error('what answered is not the agent')
  return { outcome: String(trial['outcome']), reason: String(trial['reason'] ?? trial['outcome']) }
}

/** `shown` resolves with whether it was shown in time; `stop` ends the wait. */
function awaitShown(
  ctx: DiagnosticContext,
  event: string,
  signal: AbortSignal,
): { readonly shown: Promise<boolean>; readonly stop: () => void } {
  const ended = new AbortController()
  const shown = new Promise<boolean>(resolve => {
    const timer = ctx.clock.setTimer(() => resolve(false), SHOWN_MS)
    const silence = ctx.workers?.onShown(one => {
      if (one === event) resolve(true)
    })
    ended.signal.addEventListener('abort', () => {
      timer.cancel()
      silence?.()
      resolve(false)
    })
  })
  const stop = (): void => ended.abort()
  signal.addEventListener('abort', stop, { once: true })
  return { shown, stop }
}
