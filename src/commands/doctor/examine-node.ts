import { judge } from '../../core/check.ts'
import { readNodeRange } from '../../core/version.ts'
import type { Examination, Finding } from './finding.ts'
import type { Scene } from './scene.ts'

export function examineNode(scene: Scene): Examination {
  return {
    codes: ['node.version', 'node.sqlite'],
    deadlineMs: 14_000,
    examine: async () => [judgeNode(process.versions.node, readNodeRange()), judgeNative(await scene.store())],
  }
}

/** `range` is `>=20.19.0`. */
export function judgeNode(version: string, range: string): Finding {
  const least = range.replace(/^>=\s*/, '')
  if (isAtLeast(version, least)) return judge('node.version', 'ok', version)
  return judge('node.version', 'fail', `this is Node ${version}`, `install Node ${least} or newer`)
}

function judgeNative({ native, failure, late }: Awaited<ReturnType<Scene['store']>>): Finding {
  if (native !== undefined) return judge('node.sqlite', 'ok', `better-sqlite3 ${native}`)
  return judge('node.sqlite', 'fail', late ? 'it does not load in time' : failure)
}

function isAtLeast(version: string, least: string): boolean {
  const [have, want] = [numbersOf(version), numbersOf(least)]
  const at = want.findIndex((part, i) => part !== (have[i] ?? 0))
  return at === -1 || (have[at] ?? 0) > (want[at] ?? 0)
}

function numbersOf(version: string): readonly number[] {
  return version.split('.').map(part => Number.parseInt(part, 10))
}
