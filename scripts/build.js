// Builds `dist/` from `src/`: TypeScript alone, no bundler. SQL migrations travel beside their code. Declarations are made
// for what the package exports; nobody can import the rest. Source maps are for whoever has the source: not packed.
import { spawnSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const tsc = createRequire(import.meta.url).resolve('typescript/package.json')
const packing = ['pack', 'publish'].includes(process.env.npm_command ?? '')

rmSync(join(root, 'dist'), { recursive: true, force: true })
compile('tsconfig.json', '--sourceMap', String(!packing))
compile('tsconfig.client.json')
cpSync(join(root, 'src'), join(root, 'dist'), {
  recursive: true,
  filter: path => !/\.tsx?$/.test(path),
})

function compile(config, ...flags) {
  const args = [join(dirname(tsc), 'bin', 'tsc'), '-p', join(root, config), ...flags]
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
