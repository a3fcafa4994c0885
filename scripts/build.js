// Builds `dist/`. From `src/`: TypeScript alone, no bundler; SQL migrations, templates and styles travel beside their code.
// From `web/`: what a browser loads, one file for each entry, in `dist/web/`. Declarations are made for what the package
// exports; nobody can import the rest. Source maps are for whoever has the source: not packed.
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, transform } from 'esbuild'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const tsc = createRequire(import.meta.url).resolve('typescript/package.json')
const packing = ['pack', 'publish'].includes(process.env.npm_command ?? '')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** The module that pages import. What it loads later stands in files of their own, whose names change with what is in them. */
const CLIENT = ['web/client.ts']
/** The code of our own pages, which load the module of above like any page. */
const PAGES = ['web/pages/inbox.ts']
/** Modules that stand for themselves: any page may load them. */
const PARTS = ['web/diagnostics.ts', 'web/push/unblock/unblock.ts']
/** Scripts of service workers, which some browsers still take as classic scripts alone. */
const WORKERS = ['web/worker/sw.ts', 'web/worker/ec-sw.ts']

/** Web Locks, BroadcastChannel and Web Push all need at least these. */
const TARGET = ['chrome109', 'firefox115', 'safari16.4']

rmSync(join(root, 'dist'), { recursive: true, force: true })
compile('tsconfig.json', '--sourceMap', String(!packing))
compile('tsconfig.client.json')
compile('tsconfig.web.json')
compile('tsconfig.worker.json')
cpSync(join(root, 'src'), join(root, 'dist'), {
  recursive: true,
  filter: path => !/\.tsx?$/.test(path),
})
await bundle(CLIENT, { format: 'esm', splitting: true, chunkNames: 'client/[name]-[hash]' })
await bundle(PARTS, { format: 'esm' })
await bundle(PAGES, { format: 'esm', plugins: [minifyStyles(), keepClientApart()] })
await bundle(WORKERS, { format: 'iife' })
for (const path of ['manifest.webmanifest', 'icons']) copyToWeb(path)
for (const name of readdirSync(join(root, 'web/pages')))
  if (/\.(html|css)$/.test(name)) copyToWeb(`pages/${name}`, name)
// Of an agent whose providers are stand-ins: the same page with a mark, which no script could forget to set.
const inbox = readFileSync(join(root, 'web/pages/inbox.html'), 'utf8')
writeFileSync(
  join(root, 'dist/web/inbox-sandbox.html'),
  inbox.replace('<html lang="en">', '<html lang="en" data-sandbox>'),
)

function compile(config, ...flags) {
  const args = [join(dirname(tsc), 'bin', 'tsc'), '-p', join(root, config), ...flags]
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

function copyToWeb(from, to = from) {
  cpSync(join(root, 'web', from), join(root, 'dist/web', to), { recursive: true })
}

async function bundle(entries, options) {
  await build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir: 'dist/web',
    entryNames: '[name]',
    bundle: true,
    minify: true,
    target: TARGET,
    charset: 'utf8',
    legalComments: 'none',
    sourcemap: packing ? false : 'linked',
    define: { EC_VERSION: JSON.stringify(version) },
    logLevel: 'warning',
    plugins: [minifyStyles()],
    ...options,
  })
}

/** Styles travel in the code, as the text of constructed style sheets. */
function minifyStyles() {
  return {
    name: 'minify-styles',
    setup({ onLoad }) {
      onLoad({ filter: /\.css$/ }, async ({ path }) => {
        const { code } = await transform(readFileSync(path, 'utf8'), { loader: 'css', minify: true, target: TARGET })
        return { contents: code.trim(), loader: 'text' }
      })
    },
  }
}

/** A page of ours that names the module of all pages loads that one file, as it stands beside it. */
function keepClientApart() {
  return {
    name: 'keep-client-apart',
    setup({ onResolve }) {
      onResolve({ filter: /\/client\.ts$/ }, () => ({ path: './client.js', external: true }))
    },
  }
}
