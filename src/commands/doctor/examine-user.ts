import { judge } from '../../core/check.ts'
import { EcError } from '../../core/errors.ts'
import type { Examination, Finding } from './finding.ts'
import { judgeReach } from './judge-reach.ts'
import { judgeReports } from './judge-reports.ts'
import type { Scene } from './scene.ts'

/** What of the agent's own checks decides whether anything goes out to anybody. */
const WAYS_OUT = /^(push|email)\./

/** Why a person gets nothing: by what the agent knows, and by what the browsers of the person last said of themselves. */
export function examineUser(scene: Scene, user: string): Examination {
  return {
    codes: ['user.known'],
    deadlineMs: 12_000,
    async examine(signal) {
      const agent = await scene.agent()
      if (agent.state !== 'answers') return [explainSilence(agent.state === 'silent' ? agent.error.message : null)]
      const client = await agent.connect(signal)
      const here = judge('agent.reachable', 'ok', agent.status.url)
      try {
        await client.users.get(user)
      } catch (thrown) {
        if (!(thrown instanceof EcError) || thrown.code !== 'EC_NOT_FOUND') throw thrown
        return [here, judge('user.known', 'fail', `${user} has no event, no preference and no device here`)]
      }
      const [reach, { reports }] = await Promise.all([client.users.reach(user), client.users.diagnostics(user)])
      const now = scene.context.clock.now()
      const page = `${agent.status.public_url ?? agent.status.url}/diagnostics`
      const ways = agent.checks.filter(({ code }) => WAYS_OUT.test(code))
      return [here, ...judgeReach(reach, now), ...ways, ...judgeReports(reports, page, now)]
    },
  }
}

/** Without an agent that is the whole answer. */
function explainSilence(why: string | null): Finding {
  if (why !== null) return judge('agent.reachable', 'fail', why)
  return judge('agent.reachable', 'fail', 'no agent runs, so nobody is told anything', 'start one with `ec agent`')
}
