import assert from 'node:assert/strict'
import { join } from 'node:path'
import { run } from './run.js'

const COMMANDS = [['doctor'], ['agent'], ['--help']]

/**
 * On a Node that is too old every command, `ec doctor` too, must end with the code and the next step, in two lines or as a
 * problem document, and not with what that Node thinks of our syntax.
 */
export async function refuseOldNodes(nodes, folder, work) {
  console.log('\nOn a Node that is too old')
  const program = join(folder, 'node_modules/eventcenter/bin/ec.js')
  const options = { cwd: work, env: { HOME: work, XDG_RUNTIME_DIR: work } }
  for (const { version, bin } of nodes) {
    const node = join(bin, 'node')
    const what = `this is Node ${version.slice(1)}; ec needs 20.19 or newer`
    for (const args of COMMANDS) {
      const { code, stdout, stderr } = await run(node, [program, ...args], options)
      assert.equal(stderr, `ec: ${what} (EC_NODE_VERSION)\nnext: install Node 20.19 or newer, and run ec with it\n`)
      assert.deepEqual([code, stdout], [3, ''])
    }
    const { code, stdout, stderr } = await run(node, [program, 'doctor', '--json'], options)
    const { code: name, detail, exit } = JSON.parse(stderr)
    assert.deepEqual([code, stdout, name, detail, exit], [3, '', 'EC_NODE_VERSION', what, 3])
    console.log(`  Node ${version}: refused, ${what}`)
  }
}
