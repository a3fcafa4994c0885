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
      if (agent.state === 'answers') return (await (await agent.connect(signal)).checkPublicUrl()).checks
      return skipAll(CODES, 'only a running agent can tell', 'start one with `ec agent`, and run `ec doctor` again')
    },
  }
}
