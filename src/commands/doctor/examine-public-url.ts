import { EcError } from '../../core/errors.ts'
import type { Examination } from './finding.ts'
import { skipAll } from './run-examinations.ts'
import type { Scene } from './scene.ts'

const CODES = ['public.url', 'public.private'] as const

/** Lets the agent look for itself through its public URL. */
export function examinePublicUrl(scene: Scene): Examination {
  return {
    codes: CODES,
    deadlineMs: 14_000,
    async examine(signal) {
      const agent = await scene.agent()
      if (agent.state !== 'answers') {
        return skipAll(CODES, 'only a running agent can tell', 'start one with `ec agent`, and run `ec doctor` again')
      }
      try {
        const client = await agent.connect(signal)
        return (await client.checkPublicUrl()).checks
      } catch (thrown) {
        if (!(thrown instanceof EcError) || thrown.code !== 'EC_NOT_FOUND') throw thrown
        return skipAll(CODES, 'the agent is of a version that cannot tell', 'restart the agent')
      }
    },
  }
}
