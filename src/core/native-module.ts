import { createRequire } from 'node:module'
import { EcError } from './errors.ts'

/** The first major of better-sqlite3 whose binaries need Node 22. On Node 20 it crashes the process without a word. */
const NEEDS_NODE_22 = 13

/** Refuses a better-sqlite3 that this Node cannot run, before it is loaded. `EC_NATIVE_MODULE`. */
export function checkNativeModule(): void {
  const { version }: { version: string } = createRequire(import.meta.url)('better-sqlite3/package.json')
  const reason = misfit(process.versions.node, version)
  if (reason !== null) throw new EcError('EC_NATIVE_MODULE', reason)
}

/** Why these two versions do not go together; null when they do. */
export function misfit(node: string, module: string): string | null {
  if (major(module) < NEEDS_NODE_22 || major(node) >= 22) return null
  return `better-sqlite3 ${module} needs Node 22, this is Node ${node}`
}

function major(version: string): number {
  return Number(version.split('.')[0])
}
