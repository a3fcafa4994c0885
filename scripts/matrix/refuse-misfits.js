import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { onNode, run } from './run.js'

/**
 * A SQLite that does not run must be told in two lines, with the next step: one whose install script was not allowed to
 * run, and each install under each other Node, where it does not fit.
 */
export async function refuseMisfits(installs, tarball, work) {
  console.log('\nWhere SQLite does not run')
  for (const { node } of installs) {
    const folder = join(work, `unbuilt-${node.major}`)
    mkdirSync(folder)
    const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', tarball]
    await onNode(node, 'npm', args, { cwd: folder })
    await look(`Node ${node.version}, installed with --ignore-scripts`, node, folder, work)
  }
  for (const built of installs) {
    for (const { node } of installs.filter(other => other !== built)) {
      await look(`Node ${node.version}, installed by Node ${built.node.version}`, node, built.folder, work)
    }
  }
}

/** Either it serves, or it refuses as it should; which of the two is printed. */
async function look(what, node, folder, work) {
  const program = join(folder, 'node_modules/eventcenter/bin/ec.js')
  const options = { cwd: work, env: { HOME: work, XDG_RUNTIME_DIR: work } }
  const data = join(folder, 'data')
  // An address of nobody's: where SQLite runs, the agent ends by itself at the next step.
  const args = [program, 'agent', '--no-tui', '--host', '192.0.2.1', '--data-dir', data]
  const { code, stderr } = await run(join(node.bin, 'node'), args, options)
  const { code: helpCode } = await run(join(node.bin, 'node'), [program, 'config', 'list'], options)
  assert.equal(helpCode, 0)
  const refusal = /^ec: (better-sqlite3 .+) \(EC_NATIVE_MODULE\)\nnext: .+\n$/.exec(stderr)
  if (refusal === null) assert.match(stderr, /EADDRNOTAVAIL|192\.0\.2\.1/)
  else assert.equal(code, 3)
  console.log(`  ${what}: ${refusal === null ? 'runs' : `refused, ${refusal[1]}`}`)
}
