import { judge } from '../../core/check.ts'
import type { Examination, Finding } from './finding.ts'
import type { Scene } from './scene.ts'

export function examineNode(scene: Scene): Examination {
  return {
    codes: ['node.version', 'node.sqlite'],
    deadlineMs: 14_000,
    // On an older Node `bin/ec.js` says so in the place of every command, this one too.
    examine: async () => [judge('node.version', 'ok', process.versions.node), judgeNative(await scene.store())],
  }
}

function judgeNative({ native, failure, late }: Awaited<ReturnType<Scene['store']>>): Finding {
  if (native !== undefined) return judge('node.sqlite', 'ok', `better-sqlite3 ${native}`)
  return judge('node.sqlite', 'fail', late ? 'it does not load in time' : failure)
}
