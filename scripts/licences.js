// Writes docs/licences.md: what an installed package brings with it, and under which licences. With --check it writes
// nothing and exits 1 when the page is not what it would write. Exits 1 as well when a licence is not allowed. Reads the
// lockfile alone, so every machine writes the same.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'

/** Those that ask for no more than that their text is kept; MPL-2.0 too, as long as we change no file of what is under it. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
])

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const page = join(root, 'docs', 'licences.md')
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
const { dependencies } = packages['']

const shipped = Object.entries(packages)
  .filter(([path, entry]) => path !== '' && !entry.dev && !entry.devOptional)
  .map(([path, entry]) => ({ name: path.split('node_modules/').at(-1), ...entry }))
const byLicence = new Map()
for (const { name, version, license = 'none' } of shipped) {
  if (!isAllowed(license)) fail(`${name} ${version} has the licence ${license}, which is not allowed`)
  byLicence.set(license, (byLicence.get(license) ?? new Set()).add(name))
}

const wanted = await format(render(), { ...(await resolveConfig(page)), parser: 'markdown' })
if (!process.argv.includes('--check')) writeFileSync(page, wanted)
else if (readFileSync(page, 'utf8') !== wanted) {
  fail('docs/licences.md is not what the lockfile says: run `node scripts/licences.js`')
}

/** Of `A OR B` one will do, of `A AND B` both are needed. */
function isAllowed(expression) {
  const text = expression.replaceAll(/[()]/g, '')
  return text.split(' OR ').some(choice => choice.split(' AND ').every(licence => ALLOWED.has(licence)))
}

function render() {
  const sections = [...byLicence]
    .toSorted(([a, first], [b, second]) => second.size - first.size || (a < b ? -1 : 1))
    .map(([licence, names]) => `## ${licence}: ${names.size}\n\n${[...names].toSorted().map(mark).join(', ')}`)
  return [
    '# Licences',
    '<!-- Made from the lockfile by `node scripts/licences.js`; do not edit. -->',
    `\`ec\` is under the MIT licence. What it depends on, as the lockfile has it, is under these, each with its text in its own
folder; bold is what we ask for ourselves. On Node 22 and newer it is less: what compiles SQLite is not needed there. SQLite
itself, inside better-sqlite3, is in the public domain. \`npm run check\` fails on a licence that asks for more than that its text is kept; MPL-2.0 asks it of changed files, and we change
none.`,
    ...sections,
  ].join('\n\n')
}

function mark(name) {
  return name in dependencies ? `**${name}**` : name
}

function fail(reason) {
  console.error(reason)
  process.exitCode = 1
}
