// Compares what the code imports with what package.json asks for; exits 1 when they differ. What `src/` imports is in
// `dependencies`, what the rest imports in one of the two lists; and every entry of a list is used somewhere. Imports are
// looked for as text, which finds lazy ones as well.
import { readFileSync, readdirSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Entries that no file imports, each with its reason. */
const NOT_IMPORTED = {
  'light-my-request': 'a pin: the 6.8 that fastify would take asks for Node 22 (by cookie 2)',
  '@octokit/webhooks-examples': 'read by path in test/e2e/github-examples.test.ts',
  '@vitest/coverage-v8': 'vitest loads it for --coverage',
  oxlint: 'run by `npm run lint`',
  prettier: 'run by `npm run format` and `npm run check`',
  publint: 'run by `npm run check`',
  typescript: 'run by scripts/build.js',
}

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const { name, dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const shipped = importsUnder(['src', 'web', 'bin'])
const all = new Map([...importsUnder(['test', 'bench', 'scripts', '.']), ...shipped])
const wrong = [
  ...missing(shipped, { ...dependencies }, 'dependencies'),
  ...missing(all, { ...dependencies, ...devDependencies }, 'dependencies or devDependencies'),
  ...Object.keys(dependencies).flatMap(entry => unused(entry, shipped, 'src/')),
  ...Object.keys(devDependencies).flatMap(entry => unused(entry, all, 'any file')),
]
for (const line of new Set(wrong)) console.error(line)
if (wrong.length > 0) process.exitCode = 1

function missing(imports, listed, list) {
  return [...imports].flatMap(([found, path]) =>
    found in listed || found === name ? [] : [`${path} imports ${found}, which is not in ${list}`],
  )
}

/** Types of a package are used by whoever imports the package, those of Node by everyone. */
function unused(entry, imports, where) {
  const typed = entry.replace(/^@types\//, '')
  if (imports.has(entry) || entry in NOT_IMPORTED || (typed !== entry && (typed === 'node' || imports.has(typed))))
    return []
  return [`${entry} stands in package.json, and ${where} does not import it`]
}

/** Package name -> a file that imports it. */
function importsUnder(folders) {
  const found = new Map()
  for (const folder of folders) {
    for (const file of readdirSync(join(root, folder), { recursive: folder !== '.', encoding: 'utf8' })) {
      if (!/\.(ts|tsx|js)$/.test(file)) continue
      const path = join(folder, file)
      for (const specifier of specifiersIn(readFileSync(join(root, path), 'utf8')))
        found.set(packageOf(specifier), path)
    }
  }
  return found
}

/** Specifiers of packages: not those of files, of Node, or of our own `#ec`. */
function specifiersIn(text) {
  const imports =
    /(?:\bfrom |^import |\bimport\(|\brequire\(|\.resolve\(|\brequire\.resolve\(|createRequire\(import\.meta\.url\)\()'([^']+)'/gm
  return [...text.matchAll(imports)]
    .map(match => match[1])
    .filter(specifier => /^(@[\w.-]+\/)?[a-z][\w.-]*(\/|$)/.test(specifier))
    .filter(specifier => !specifier.startsWith('node:') && !builtinModules.includes(specifier))
}

function packageOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}
