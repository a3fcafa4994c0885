// Builds `dist/` from `src/`: TypeScript alone, no bundler. SQL migrations travel beside their code.
import { spawnSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const tsc = createRequire(import.meta.url).resolve('typescript/package.json')

rmSync(join(root, 'dist'), { recursive: true, force: true })
const built = spawnSync(process.execPath, [join(dirname(tsc), 'bin', 'tsc'), '-p', root], { stdio: 'inherit' })
if (built.status !== 0) process.exit(built.status ?? 1)
cpSync(join(root, 'src'), join(root, 'dist'), {
  recursive: true,
  filter: path => !/\.tsx?$/.test(path),
})
