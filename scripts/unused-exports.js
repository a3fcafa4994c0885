// Lists what src/ and web/ export and nobody imports; exits 1 when there is something. Names are looked for as text, since that
// finds lazy imports and destructured modules as well; a name that is merely mentioned counts as used.
//
// What counts as used: another file of src/, web/, test/, bench/ or scripts/ refers to the file and mentions the name; the
// package exports it (`src/client.ts`, `web/client.ts` and what they re-export); it is a type that stands in the signature of something
// else that the same file exports, and so has to be nameable.
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const PUBLIC = new Set(['src/client.ts', 'web/client.ts'])

const files = new Map(
  ['src', 'web', 'test', 'bench', 'scripts', 'bin']
    .flatMap(folder =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(name => posix.join(folder, name)),
    )
    .filter(path => /\.(ts|tsx|js)$/.test(path))
    .map(path => [path, readFileSync(join(root, path), 'utf8')]),
)
const references = new Map([...files].map(([path, text]) => [path, referencesOf(path, text)]))

const unused = [...files]
  .filter(([path]) => /^(src|web)\//.test(path))
  .flatMap(([path, text]) =>
    exportsOf(text)
      .filter(found => !isUsed(path, text, found))
      .map(({ name }) => `${path}: ${name}`),
  )

for (const line of unused) console.log(line)
if (unused.length > 0) {
  console.error(`${unused.length} exports that nobody imports: use them, or do not export them`)
  process.exitCode = 1
}

function exportsOf(text) {
  const declared = [
    ...text.matchAll(
      /^export (?:declare )?(async function\*?|function\*?|const|let|class|abstract class|interface|type) (\w+)/gm,
    ),
  ].map(([, kind, name]) => ({ name, isType: kind === 'interface' || kind === 'type' }))
  const listed = [...text.matchAll(/^export (type )?\{([^}]*)\}(?! from)/gm)].flatMap(([, type, names]) =>
    names.split(',').flatMap(name => {
      const exported = name.trim().split(' as ').at(-1)
      return exported ? [{ name: exported.replace(/^type /, ''), isType: Boolean(type) }] : []
    }),
  )
  return [...declared, ...listed]
}

function isUsed(path, text, { name, isType }) {
  if (PUBLIC.has(path)) return true
  const mention = new RegExp(`\\b${name}\\b`)
  for (const [other, otherText] of files) {
    if (other === path || !references.get(other).includes(path)) continue
    // A whole module that is exported on (`export type * from`) hands on everything in it.
    if (mention.test(otherText) || new RegExp(`export (type )?\\* from '[^']*${posix.basename(path)}'`).test(otherText))
      return true
  }
  return isType && text.match(new RegExp(`\\b${name}\\b`, 'g')).length > 1
}

/** The files of src/ that a file refers to: by relative path, as the build (`#ec/...`, dist/) or as an import in a string. */
function referencesOf(path, text) {
  const specifiers = [...text.matchAll(/['"`]((?:\.{1,2}|#ec)\/[^'"`\s]+)['"`]/g)].map(match => match[1])
  return specifiers.map(specifier => {
    const at = specifier.startsWith('#ec/')
      ? posix.join('src', specifier.slice(4))
      : posix.join(posix.dirname(path), specifier)
    return at.replace(/^dist\//, 'src/').replace(/\.js$/, '.ts')
  })
}
