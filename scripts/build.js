// Builds `dist/`. From `src/`: TypeScript alone, no bundler; SQL migrations, templates and styles travel beside their code.
// From `web/`: what a browser loads, one file for each entry, in `dist/web/`. Declarations are made for what the package
// exports; nobody can import the rest. Source maps are for whoever has the source: not packed.
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const tsc = createRequire(import.meta.url).resolve('typescript/package.json')
const packing = ['pack', 'publish'].includes(process.env.npm_command ?? '')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Modules that pages import. */
const MODULES = ['web/client.ts', 'web/diagnostics.ts', 'web/push/unblock/unblock.ts']
/** Scripts of service workers, which some browsers still take as classic scripts alone. */
const WORKERS = ['web/worker/sw.ts', 'web/worker/ec-sw.ts']

rmSync(join(root, 'dist'), { recursive: true, force: true })
compile('tsconfig.json', '--sourceMap', String(!packing))
compile('tsconfig.client.json')
compile('tsconfig.web.json')
compile('tsconfig.worker.json')
cpSync(join(root, 'src'), join(root, 'dist'), {
  recursive: true,
  filter: path => !/\.tsx?$/.test(path),
})
await bundle(MODULES, 'esm')
for (const path of ['manifest.webmanifest', 'icons']) {
  cpSync(join(root, 'web', path), join(root, 'dist', 'web', path), { recursive: true })
}
await bundle(WORKERS, 'iife')
for (const name of readdirSync(join(root, 'web/pages')).filter(name => /\.(html|css)$/.test(name))) {
  cpSync(join(root, 'web/pages', name), join(root, 'dist/web', name))
}

function compile(config, ...flags) {
  const args = [join(dirname(tsc), 'bin', 'tsc'), '-p', join(root, config), ...flags]
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

async function bundle(entries, format) {
  await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: 'dist/web',
    entryNames: '[name]',
    format,
    bundle: true,
    minify: true,
    // Web Locks, BroadcastChannel and Web Push all need at least these.
    target: ['chrome109', 'firefox115', 'safari16.4'],
    charset: 'utf8',
    legalComments: 'none',
    sourcemap: packing ? false : 'linked',
    define: { EC_VERSION: JSON.stringify(version) },
    loader: { '.css': 'text' },
    logLevel: 'warning',
  })
}
