import type { Check } from '../check.ts'

/** Whether the agent answers at all. */
export const agentCheck: Check = {
  code: 'browser.agent',
  needs: [],
  deadlineMs: 10_000,
  async run(looks) {
    const { status, tookMs } = await looks.health().catch(() => ({ status: null, tookMs: 0 }))
    if (status === null) return { status: 'fail', state: 'agent.silent' }
    if (status === 'draining') return { status: 'warn', state: 'agent.leaving' }
    if (status === 'fail') return { status: 'warn', state: 'agent.ill' }
    return { status: 'ok', state: 'agent.answers', facts: { ms: Math.round(tookMs) } }
  },
}
