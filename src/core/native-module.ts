import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { EcError } from './errors.ts'

/** The first major of better-sqlite3 whose binaries need Node 22. On Node 20 it crashes the process without a word. */
const NEEDS_NODE_22 = 13

const require = createRequire(import.meta.url)

/**
 * Makes sure that SQLite runs on this Node before anything imports it. `EC_NATIVE_MODULE`, with what to do, when it is
 * not installed, not built (install scripts are blocked by `--ignore-scripts` and by some package managers), built for
 * another Node, or known to crash this one.
 */
export function checkNativeModule(): void {
  const installed = findModule()
  if (installed === null) {
    throw refuse('better-sqlite3 is not installed', 'install ec again, as with `npm install eventcenter`')
  }
  const { version, folder } = installed
  const reason = misfit(process.versions.node, version)
  if (reason !== null) {
    // npm chooses the version by the Node it runs on; pnpm takes the newest.
    throw refuse(reason, `use Node 22 or newer, or install ec again with npm on this Node (it is in ${folder})`)
  }
  try {
    const Database: new (file: string) => { close(): void } = require('better-sqlite3')
    new Database(':memory:').close()
  } catch (cause) {
    throw refuse(`better-sqlite3 ${version} ${describeFailure(cause)}`, rebuildHint(folder), cause)
  }
}

/** Why these two versions do not go together; null when they do. */
export function misfit(node: string, module: string): string | null {
  if (major(module) < NEEDS_NODE_22 || major(node) >= 22) return null
  return `better-sqlite3 ${module} needs Node 22, this is Node ${node}`
}

/** What an error says that came of loading it, as the end of a sentence. */
function describeFailure(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause)
  if (/NODE_MODULE_VERSION/.test(text)) return `was built for another Node than this ${process.versions.node}`
  if (/bindings file/.test(text)) return 'is not built: its install script did not run'
  return `cannot be loaded: ${text.split('\n')[0]}`
}

function rebuildHint(folder: string): string {
  // pnpm keeps packages in a store of its own, where npm would find nothing.
  if (folder.includes('.pnpm')) return 'run `pnpm approve-builds`, then `pnpm rebuild better-sqlite3`'
  return `run \`npm rebuild better-sqlite3 --ignore-scripts=false\` in ${folder}`
}

/** Its version, and the folder whose `node_modules` holds it. */
function findModule(): { version: string; folder: string } | null {
  try {
    const { version }: { version: string } = require('better-sqlite3/package.json')
    const folder = dirname(dirname(dirname(require.resolve('better-sqlite3/package.json'))))
    return { version, folder }
  } catch {
    return null
  }
}

function refuse(reason: string, hint: string, cause?: unknown): EcError {
  return new EcError('EC_NATIVE_MODULE', reason, { hint, cause })
}

function major(version: string): number {
  return Number(version.split('.')[0])
}
