import { isObject } from '../../shared/is-object.ts'
import type { Preferences } from '../../../src/core/preferences.ts'
import type { DiagnosticContext } from '../context.ts'
import type { Fix } from '../fix.ts'
import { readReach, readSession } from '../read-agent.ts'

/** Until the present quiet ends; what has no end is taken away. */
export const endQuietFix = wishFix('end-quiet', 'user.quiet', async (before, path, { agent }) => {
  const rule = before.quiet_hours
  if (rule === null) return {}
  const { quiet } = readReach(await agent.call('GET', `${path}/reach`))
  if (quiet?.now !== true) return {}
  if (quiet.until === null) return { quiet_hours: null }
  return { quiet_hours: { ...rule, paused_until: new Date(quiet.until).toISOString() } }
})

export const unmuteFix = wishFix('unmute', 'user.mutes', async () => ({ mute: [] }))

/** Takes away what switches push off for everything. */
export const switchOnFix = wishFix('switch-on', 'user.switches', async ({ channels }) => ({
  channels: channels.flatMap(entry => {
    if (entry.type !== '*' || entry.push !== false) return [entry]
    const { push: _push, type, ...others } = entry
    return Object.keys(others).length === 0 ? [] : [{ type, ...others }]
  }),
}))

export const keepFix = wishFix('keep', 'user.governor', async ({ keep }, path, { agent }) => {
  const { governed } = readReach(await agent.call('GET', `${path}/reach`))
  return { keep: [...new Set([...keep, ...governed])] }
})

/** Changes what the person wishes; what else was wished stays. */
function wishFix(
  name: Fix['name'],
  code: Fix['again'][number],
  change: (before: Preferences, path: string, ctx: DiagnosticContext) => Promise<Partial<Preferences>>,
): Fix {
  return {
    name,
    again: [code],
    deadlineMs: 20_000,
    async run(ctx) {
      const { agent } = ctx
      const { user } = readSession(await agent.call('GET', 'api/session'))
      const path = `api/users/${encodeURIComponent(user)}`
      const before = await agent.call<Preferences>('GET', `${path}/preferences`)
      if (!isObject(before)) throw new Error('what answered is not the agent')
      const patch = await change(before, path, ctx)
      if (Object.keys(patch).length > 0) await agent.call('PUT', `${path}/preferences`, patch)
    },
  }
}
