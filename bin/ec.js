#!/usr/bin/env node
// Plain JavaScript of Node 12: it looks whether this Node will do before it loads anything that needs more.
import { existsSync } from 'fs'

const [major, minor] = process.versions.node.split('.').map(Number)
const program = new URL('../dist/main.js', import.meta.url)

if (major < 20 || (major === 20 && minor < 19)) {
  const detail = `this is Node ${process.versions.node}; ec needs 20.19 or newer`
  const hint = 'install Node 20.19 or newer, and run ec with it'
  const code = 'EC_NODE_VERSION'
  const problem = { type: `urn:eventcenter:error:${code}`, title: 'this Node is too old', detail, code, hint, exit: 3 }
  const end = process.argv.indexOf('--')
  const json = process.argv.slice(0, end === -1 ? undefined : end).includes('--json')
  process.stderr.write(json ? `${JSON.stringify(problem)}\n` : `ec: ${detail} (${code})\nnext: ${hint}\n`)
  process.exitCode = problem.exit
} else if (!existsSync(program)) {
  process.stderr.write('ec: the program is not built yet\nnext: npm run build\n')
  process.exitCode = 3
} else {
  // No `await` out here: Node 12 would stumble over it before it has said anything.
  import(program.href).then(({ main }) => main())
}
