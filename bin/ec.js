#!/usr/bin/env node
// Plain JavaScript that any Node can read: it looks whether this one will do before it loads anything that needs more.
import { existsSync } from 'fs'

const [major, minor] = process.versions.node.split('.').map(Number)
const program = new URL('../dist/main.js', import.meta.url)

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`ec: this is Node ${process.versions.node}; ec needs 20.19 or newer (EC_NODE_VERSION)\n`)
  process.exitCode = 3
} else if (!existsSync(program)) {
  process.stderr.write('ec: the program is not built yet\nnext: npm run build\n')
  process.exitCode = 3
} else {
  const { main } = await import(program.href)
  await main()
}
