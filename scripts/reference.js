// Writes docs/reference/ and docs/doctor.md, which are made from the code alone. With --check it writes nothing and exits 1 when a file is not
// what it would write, or is none of its own. Needs the build.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { eventJsonSchema } from '../dist/core/event-schema.js'
import { cliPage } from './reference/cli.js'
import { configurationPage } from './reference/configuration.js'
import { doctorPage } from './reference/doctor.js'
import { errorsPage } from './reference/errors.js'
import { eventsPage } from './reference/events.js'
import { metricsPage } from './reference/metrics.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, 'docs', 'reference')
const check = process.argv.includes('--check')
const style = await resolveConfig(join(root, 'package.json'))

const FILES = {
  'cli.md': cliPage(),
  'configuration.md': configurationPage(),
  '../doctor.md': doctorPage(),
  'errors.md': errorsPage(),
  'events.md': eventsPage(),
  'event.schema.json': JSON.stringify(eventJsonSchema()),
  'metrics.md': metricsPage(),
}

mkdirSync(folder, { recursive: true })
for (const [name, text] of Object.entries(FILES)) {
  const file = join(folder, name)
  const wanted = await format(text, { ...style, parser: name.endsWith('.md') ? 'markdown' : 'json' })
  if (!check) writeFileSync(file, wanted)
  else if (read(file) !== wanted) complain(`${relative(root, file)} is not what the code says`)
}
for (const name of readdirSync(folder)) {
  if (check && !(name in FILES)) complain(`docs/reference/${name} is made by nothing`)
}

function complain(what) {
  console.error(`${what}: run \`node scripts/reference.js\``)
  process.exitCode = 1
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
