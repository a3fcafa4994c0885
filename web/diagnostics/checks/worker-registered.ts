import type { Check } from '../check.ts'

export const workerRegisteredCheck: Check = {
  code: 'browser.worker.registered',
  needs: ['browser.worker.supported', 'browser.storage'],
  deadlineMs: 5_000,
  async run(looks) {
    const found = await looks.registered()
    if (found === null) return { status: 'fail', state: 'worker.none', fixes: ['repair'] }
    if (!found.isActive) return { status: 'warn', state: 'worker.starting', fixes: ['repair'] }
    const { pathname } = new URL(found.script)
    if (found.script === looks.ctx.workers?.url)
      return { status: 'ok', state: 'worker.registered', facts: { script: pathname } }
    return { status: 'warn', state: 'worker.other', facts: { script: pathname } }
  },
}
