// Runs the tests but for the projects `proofs` and `browser`, and remembers on which tree all of them passed. With
// --unless-passed it does not run them again on that same tree: `npm run check` right after `npm test`, as CI does, takes
// half the time and has proved the same. The tree is every file that git knows or would take, the Node, and EC_LONG;
// arguments go on to vitest, and a part of the tests is not remembered.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const passed = join(root, 'node_modules', '.cache', 'eventcenter', 'passed.json')
const args = process.argv.slice(2)
const tree = args.every(arg => arg === '--unless-passed') ? hashTree() : null

const last = existsSync(passed) ? JSON.parse(readFileSync(passed, 'utf8')) : null
if (args.includes('--unless-passed') && tree !== null && last?.tree === tree) {
  console.log(`the tests have passed on this very tree at ${last.at}: not run again`)
} else {
  if (tree !== null) rmSync(passed, { force: true })
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
  const rest = args.filter(arg => arg !== '--unless-passed')
  // All but the proofs and those with browsers, unless something was asked for by name.
  if (rest.length === 0) rest.push('--project', 'parts', '--project', 'whole')
  const { status } = spawnSync(process.execPath, [vitest, 'run', ...rest], { cwd: root, stdio: 'inherit' })
  process.exitCode = status ?? 1
  // Who writes while they run has not tested what is there now.
  if (status === 0 && tree !== null && hashTree() === tree) {
    mkdirSync(dirname(passed), { recursive: true })
    writeFileSync(passed, JSON.stringify({ tree, at: new Date().toISOString() }))
  }
}

/** Null where there is no git to say which files belong to it. */
function hashTree() {
  const { status, stdout } = spawnSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], { cwd: root })
  if (status !== 0) return null
  const hash = createHash('sha256').update(`${process.version} ${process.env.EC_LONG ?? ''}\0`)
  for (const file of stdout.toString().split('\0').filter(Boolean)) {
    const path = join(root, file)
    // A link to a folder, as node_modules may be, is no content of ours.
    if (existsSync(path) && statSync(path).isFile()) hash.update(`${file}\0`).update(readFileSync(path)).update('\0')
  }
  return hash.digest('hex')
}
