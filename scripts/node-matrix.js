// Proves that the package runs on every Node that it promises. For each: `npm install` of what `npm pack` makes into an empty
// folder, with the versions that npm chooses for this Node, then a walk through it as a user would (matrix/walk.js). An
// older Node is to be refused in a sentence (matrix/refuse-old-nodes.js).
//
//     node scripts/node-matrix.js [--node 20,22,24] [--old 12,14,16,18] [--suite 22,24] [--shares 3] [--cache DIR]
//
// `--suite` also runs the repository's own tests on those Nodes, without the lockfile; with `--shares N` one N-th of their
// files, another each day. Node comes from npm's own packages of it and is kept in the cache folder. Where the registry cannot be reached there is nothing to prove: it says so, exit 0.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { installNode, onNode, run } from './matrix/run.js'
import { SkippedError } from './matrix/skipped-error.js'
import { walk } from './matrix/walk.js'
import { refuseMisfits } from './matrix/refuse-misfits.js'
import { refuseOldNodes } from './matrix/refuse-old-nodes.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { values } = parseArgs({
  options: {
    node: { type: 'string', default: '20,22,24' },
    old: { type: 'string', default: '12,14,16,18' },
    suite: { type: 'string', default: '' },
    shares: { type: 'string', default: '1' },
    cache: { type: 'string', default: join(tmpdir(), 'eventcenter-nodes') },
  },
})
const majors = values.node.split(',').filter(Boolean)
const tooOld = values.old.split(',').filter(Boolean)
const suites = values.suite.split(',').filter(Boolean)
const shares = Number(values.shares)
const share = (Math.floor(Date.now() / 86_400_000) % shares) + 1
const cache = values.cache
const work = mkdtempSync(join(tmpdir(), 'ec-matrix-'))

try {
  await prove()
} catch (error) {
  if (!(error instanceof SkippedError)) throw error
  console.log(`skipped: ${error.message}`)
} finally {
  rmSync(work, { recursive: true, force: true })
}

async function prove() {
  mkdirSync(cache, { recursive: true })
  await reachRegistry()
  const tarball = await pack()
  const installs = []
  for (const major of majors) installs.push(await tryPackage(await installNode(cache, major), tarball))
  await refuseMisfits(installs, tarball, work)
  const oldNodes = []
  for (const major of tooOld) oldNodes.push(await installNode(cache, major))
  for (const { folder } of installs.slice(0, 1)) await refuseOldNodes(oldNodes, folder, work)
  for (const major of suites) await runSuite(await installNode(cache, major))
}

async function reachRegistry() {
  const { code, output } = await run('npm', ['ping', '--fetch-retries=1', '--fetch-timeout=20000'])
  const reason = /npm error code (\S+)/.exec(output)?.[1] ?? 'npm ping failed'
  if (code !== 0) throw new SkippedError(`the npm registry cannot be reached (${reason})`)
}

async function pack() {
  const { stdout } = await must(run('npm', ['pack', '--json', '--pack-destination', work], { cwd: root }))
  // npm prints what the build prints before it; the list begins at a line of its own.
  const [{ filename, size, unpackedSize, entryCount }] = JSON.parse(stdout.slice(stdout.search(/^\[/m)))
  console.log(`packed ${filename}: ${kilobytes(size)} packed, ${kilobytes(unpackedSize)} in ${entryCount} files`)
  return join(work, filename)
}

/** An install as of a stranger: an empty folder; a warning that is not npm's own about scripts is a failure. */
async function tryPackage(node, tarball) {
  const folder = join(work, `node-${node.major}`)
  mkdirSync(folder)
  const startedAt = Date.now()
  // `--engine-strict`: a dependency that does not promise this Node ends the install.
  const args = ['install', '--engine-strict', '--no-audit', '--no-fund', tarball]
  const { output } = await must(onNode(node, 'npm', args, { cwd: folder }))
  if (/EBADENGINE|deprecated/.test(output)) throw new Error(`the install warns:\n${output}`)
  console.log(
    `\nNode ${node.version}: installed in ${Math.round((Date.now() - startedAt) / 1000)} s, with ${chosen(folder)}`,
  )
  await walk({ node, folder, work })
  return { node, folder }
}

/** What npm chose where there was a choice. */
function chosen(folder) {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return Object.keys(dependencies)
    .filter(name => dependencies[name].includes('||'))
    .map(name => `${name} ${versionOf(join(folder, 'node_modules', name))}`)
    .join(', ')
}

/** The repository's own types and tests, with what the ranges choose on this Node: npm passes over the lockfile. */
async function runSuite(node) {
  const folder = join(cache, `suite-${node.major}`)
  mkdirSync(folder, { recursive: true })
  const { stdout } = await must(run('git', ['ls-files', '-z', '-co', '--exclude-standard'], { cwd: root }))
  for (const part of ['src', 'test', 'scripts', 'bench', 'fixtures'])
    rmSync(join(folder, part), { recursive: true, force: true })
  for (const file of stdout.split('\0').filter(name => name !== '' && existsSync(join(root, name)))) {
    cpSync(join(root, file), join(folder, file))
  }
  await must(onNode(node, 'npm', ['install', '--no-package-lock', '--no-audit', '--no-fund'], { cwd: folder }))
  const part = shares === 1 ? '' : `, share ${share} of ${shares}`
  console.log(`\nNode ${node.version}: the repository's tests${part}, with ${chosen(folder)}`)
  await must(onNode(node, 'npx', ['tsc', '-p', 'tsconfig.test.json'], { cwd: folder }))
  // A browser is the same on every Node, the proofs take as long as all the rest, and of commands in processes of their own the walk
  // through the package shows enough.
  const projects = ['parts', 'whole'].flatMap(project => ['--project', project])
  const folders = ['unit', 'house', 'contract', 'integration'].map(name => `test/${name}/`)
  const args = ['vitest', 'run', '--reporter=dot', `--shard=${share}/${shares}`, ...projects, ...folders]
  const { output } = await must(onNode(node, 'npx', args, { cwd: folder }))
  console.log(output.trimEnd().split('\n').slice(-5).join('\n'))
}

async function must(running) {
  const result = await running
  if (result.code === 0) return result
  throw new Error(`${result.command} ended with ${result.code}:\n${result.output}`)
}

function versionOf(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version
}

function kilobytes(bytes) {
  return `${Math.round(bytes / 1000)} KB`
}
