import { existsSync } from 'node:fs'
import { judge } from '../../core/check.ts'
import { joinSignals } from '../../core/join-signals.ts'
import type { DataPaths } from '../../core/paths.ts'
import { askChild } from './ask-child.ts'
import { findLockHolder } from './find-holder.ts'
import type { Examination, Finding, Mend } from './finding.ts'
import type { AgentFacts } from './meet-agent.ts'
import { skipAll } from './run-examinations.ts'
import type { Scene } from './scene.ts'

const CODES = ['agent.reachable', 'agent.version', 'agent.leftovers'] as const

/** Whether an agent answers, what it says of itself and its house, and what one that was killed has left. */
export function examineAgent(scene: Scene): Examination {
  return {
    codes: CODES,
    deadlineMs: 12_000,
    async examine() {
      const agent = await scene.agent()
      if (agent.state === 'answers') return [...judgeAgent(agent, scene.version), ...agent.checks]
      if (agent.state === 'unknown') return skipAll(CODES, agent.reason, 'look at that disk or network share')
      const { paths } = scene
      if (paths === null) {
        const { message, hint } =
          agent.state === 'silent' ? agent.error : { message: 'nobody answers', hint: 'check the URL' }
        return [judge('agent.reachable', 'fail', message, hint), ...skipAll(CODES.slice(1), 'no agent answers', hint)]
      }
      return judgeAbsence(agent, paths)
    },
  }
}

function judgeAgent({ status }: AgentFacts & { readonly state: 'answers' }, version: string): readonly Finding[] {
  const here = judge('agent.reachable', 'ok', `${status.url}, instance ${status.instance}`)
  const detail = `the agent is ${status.version}, this ec is ${version}`
  const same = status.version === version
  return [here, judge('agent.version', same ? 'ok' : 'warn', same ? version : detail), judge('agent.leftovers', 'ok')]
}

function judgeAbsence(agent: AgentFacts, paths: DataPaths): readonly Finding[] {
  const holder = findLockHolder(paths.lock)
  if (agent.state === 'silent' || holder !== null) {
    const who = holder === null ? '' : ` (process ${holder.pid}, ${holder.name}, holds the data folder)`
    const what = agent.state === 'silent' ? agent.error.message : `nobody answers at ${paths.socket}`
    const hint = agent.state === 'silent' && agent.error.code !== 'EC_TIMEOUT' ? agent.error.hint : 'restart the agent'
    return [
      judge('agent.reachable', 'fail', `${what}${who}`, hint),
      ...skipAll(['agent.version', 'agent.leftovers'], 'the agent does not answer', hint),
    ]
  }
  const start = 'start one with `ec agent`, and run `ec doctor` again'
  return [
    judge('agent.reachable', 'skip', 'no agent runs, so what only it knows is left out', start),
    judge('agent.version', 'skip', 'no agent runs', start),
    judgeLeftovers(paths),
  ]
}

function judgeLeftovers(paths: DataPaths): Finding {
  const left = [paths.socket, paths.agent].filter(path => existsSync(path))
  if (left.length === 0) return judge('agent.leftovers', 'ok')
  const detail = `an agent that was killed left ${left.join(' and ')}`
  return { ...judge('agent.leftovers', 'warn', detail), mend: sweeps(paths, left) }
}

const SWEEP_MS = 5_000

/** The child holds the agent's lock while it looks and removes, so no agent can be starting meanwhile. */
function sweeps(paths: DataPaths, left: readonly string[]): Mend {
  return {
    steps: left.map(path => `remove ${path}, which nobody stands behind`),
    async run() {
      const args = [paths.lock, paths.socket, paths.agent]
      const script = new URL('./sweep-leftovers.js', import.meta.url)
      const { facts, failure, late } = await askChild(script, args, joinSignals([], SWEEP_MS).signal)
      if (late || failure !== null) throw new Error(late ? 'it did not end in time' : (failure ?? ''))
      const { removed = [] }: { readonly removed?: readonly string[] } = facts
      return removed.map(path => `${path}: stale -> removed`)
    },
  }
}
