// docs/reference/configuration.md: every setting, what it takes, and every variable.
import { z } from 'zod'
import { COMMON_VARIABLES } from '../../dist/cli/topics.js'
import { CONFIG_KEYS, environmentName, OTHER_VARIABLES } from '../../dist/core/config-keys.js'
import { configSchema } from '../../dist/core/config-schema.js'
import { DEFAULT_CONFIG } from '../../dist/core/config.js'
import { formatDuration } from '../../dist/core/duration.js'
import { code, NOTE, page, table, takes } from './markdown.js'

const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' })

export function configurationPage() {
  return page(
    '# Configuration',
    NOTE,
    `A flag goes before a variable, a variable before \`ec.config.yaml\` of the working directory, that before \`ec.config.yaml\` of
the user's configuration folder, and all before the default. \`ec config list\` tells what counts and where it comes from,
\`ec config check\` what is wrong, each mistake with its file and line. A name that is no setting is a mistake, with the nearest
one that is.`,
    '## Settings',
    `What is marked "trust" a file in the working directory sets only after \`ec config trust PATH\`; a change of the file takes
the trust away.`,
    table(
      ['setting', 'variable', 'takes', 'default', '', 'meaning'],
      Object.entries(CONFIG_KEYS).map(([key, { kind, title, guarded }]) => [
        code(key),
        code(environmentName(key)),
        kind === 'duration' ? 'a duration, as 90d, 12h or 30m' : takes(schemaOf(key)),
        shownDefault(key),
        guarded ? 'trust' : '',
        title,
      ]),
    ),
    'In a variable a list stands with commas between its items, and `route.rules` as JSON.',
    '## Other variables',
    table(
      ['variable', 'meaning'],
      Object.entries({ ...OTHER_VARIABLES, ...COMMON_VARIABLES }).map(([name, meaning]) => [code(name), meaning]),
    ),
  )
}

function schemaOf(key) {
  return key.split('.').reduce((at, name) => at.properties[name], schema)
}

function shownDefault(key) {
  const value = key.split('.').reduce((at, name) => at[name], DEFAULT_CONFIG)
  if (value === null || (Array.isArray(value) && value.length === 0)) return ''
  return code(CONFIG_KEYS[key].kind === 'duration' ? formatDuration(value) : String(value))
}
