// Writes what is made from the code: docs/reference/{cli,errors,events}.md and docs/doctor.md. With --check it writes nothing
// and exits 1 when a file is not what it would write. Needs the build.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { route } from '../dist/agent/route/route.js'
import { describeTable } from '../dist/cli/describe-table.js'
import { COMMAND_TABLE } from '../dist/cli.js'
import { CHECK_CODES } from '../dist/core/check-codes.js'
import { CONFIG_KEYS, environmentName, OTHER_VARIABLES } from '../dist/core/config-keys.js'
import { DEFAULT_CONFIG } from '../dist/core/config.js'
import { formatDuration } from '../dist/core/duration.js'
import { ERROR_CODES } from '../dist/core/error-codes.js'
import { eventJsonSchema } from '../dist/core/event-schema.js'
import { BUILT_IN_TYPES, CHANNELS, CHANNEL_HINTS, EVENT_STATES, LEVELS } from '../dist/core/event.js'
import { EXIT_CODES } from '../dist/core/exit-codes.js'
import { SAMPLES } from '../dist/core/samples.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, 'docs', 'reference')
const check = process.argv.includes('--check')
const style = { ...(await resolveConfig(join(root, 'package.json'))), parser: 'markdown' }
const NOTE = '<!-- Made from the code by `node scripts/reference.js`; do not edit. -->'

const FIELDS = {
  id: 'yours, kept as it is, and makes the emit idempotent; made when it is left out',
  user_id: 'whose event it is; a number is the same user as its digits',
  type: 'a dotted name, as `job.done` or `task.created`',
  title: 'what happened, in a few words',
  body: 'more about it; may be empty',
  level: 'how loud it is; `info` when left out',
  channels: 'where it goes, whatever the rules say; `[]` = the history alone',
  channel_hint: 'where it goes, unless `channels` says',
  cta: 'a button with an http or https link',
  data: 'whatever your code needs, at most 16 KiB of JSON',
  created_at: 'when it happened (RFC 3339); now when left out',
  idempotency_key: 'the same key again answers the first result',
  collapse_key: 'a newer event of the same key takes the place of an older one on a device',
  thread: 'what belongs together, as the messages of one conversation',
  service: 'which service it comes from; `data.service` when left out',
  actor: 'who did it',
  icon: 'http or https link, or a path of this host',
  image: 'http or https link, or a path of this host',
  lang: 'language of title and body, as `en` or `pt-BR`',
  expires_at: 'after this instant it is not sent any more (RFC 3339)',
  deliver_at: 'not before this instant (RFC 3339)',
  source: 'what it was made of, as a notification',
  trace_id: 'yours, to find it again in other systems',
}

const REASONS = {
  channels: 'the event names the channel in `channels`',
  channel_hint: 'the `channel_hint` asks for it',
  type_rule: 'the rule of the type asks for it',
  pattern_rule: 'a rule of the configuration asks for it',
  default: 'no rule says anything else',
  not_chosen: 'nothing asks for the channel',
  never_for_type: 'events of this type never go there, whoever asks',
  not_available: 'this agent cannot send on the channel',
  expired: 'the event had expired when it came',
}

const CHECK_GROUPS = {
  node: 'This machine',
  config: 'The configuration',
  'data files store key': 'The data folder, the store and its key',
  'agent port clock': 'The agent, its ports and the clock',
  public: 'The public URL',
  'resources jobs': 'What comes in',
}
const ungrouped = Object.keys(CHECK_CODES).filter(
  name => !Object.keys(CHECK_GROUPS).some(prefixes => checksOf(prefixes).some(([known]) => known === name)),
)
if (ungrouped.length > 0) throw new Error(`scripts/reference.js has no group for ${ungrouped.join(', ')}`)

mkdirSync(folder, { recursive: true })
for (const [name, text] of Object.entries({
  'cli.md': cliPage(),
  'errors.md': errorsPage(),
  'events.md': eventsPage(),
  '../doctor.md': doctorPage(),
})) {
  const file = join(folder, name)
  const wanted = await format(text, style)
  if (!check) writeFileSync(file, wanted)
  else if (read(file) !== wanted) {
    console.error(`${relative(root, file)} is not what the code says: run \`node scripts/reference.js\``)
    process.exitCode = 1
  }
}

function cliPage() {
  const all = describeTable(COMMAND_TABLE, '')
  return page(
    '# The command line',
    NOTE,
    `Data goes to stdout, talk to stderr. Global flags stand before or after the command. \`ec help COMMAND\` tells the same, and
\`ec help --json\` as data (\`schema: 1\`; fields may be added, never renamed).`,
    '## Global flags',
    table(['flag', 'meaning'], all.global_flags.map(flagRow)),
    `\`--json\` prints one JSON document, on one line in a pipe; where it is a stream (\`ec agent\`, \`ec events tail\`), NDJSON
whose objects carry a \`type\`. Nothing else is on stdout. A failure is then one line on stderr: a problem document (RFC 9457)
with \`code\`, \`hint\` and \`exit\`.`,
    `Colours follow \`--color\`/\`--no-color\`, then \`NO_COLOR\`, \`FORCE_COLOR\`, \`TERM=dumb\`, and whether the stream is a
terminal. An empty list is no failure: it prints nothing (a note on stderr) and exits 0. The first Ctrl-C asks to stop, the
second ends at once.`,
    `The agent is found by \`--url\` (with \`--token-file\` or \`EC_TOKEN\`), then \`--data-dir\`, then \`EC_URL\`, else in the
data folder of this user.`,
    '## Exit codes',
    table(
      ['code', 'meaning'],
      Object.values(EXIT_CODES).map(exit => [String(exit.code), exit.means]),
    ),
    '## Commands',
    ...all.commands.flatMap(commandSection),
    '## Settings',
    `In \`ec.config.yaml\` of the user's configuration folder and of the working directory, or as variables. A file in the
working directory sets what is marked "trust" only after \`ec config trust PATH\`.`,
    table(
      ['setting', 'variable', 'default', '', 'meaning'],
      Object.entries(CONFIG_KEYS).map(([key, { title, guarded }]) => [
        code(key),
        code(environmentName(key)),
        shownDefault(key),
        guarded ? 'trust' : '',
        title,
      ]),
    ),
    table(
      ['other variable', 'meaning'],
      Object.entries(OTHER_VARIABLES).map(([name, meaning]) => [code(name), meaning]),
    ),
  )
}

function commandSection({ usage, summary, description, examples, arguments: args, flags, exit_codes, see_also }) {
  const rows = [...args.map(({ term, help }) => [code(term), help]), ...flags.map(flagRow)]
  return [
    `### \`${usage}\``,
    `${sentence(summary)} ${description}`.trim(),
    fence(examples),
    ...(rows.length === 0 ? [] : [table(['argument or flag', 'meaning'], rows)]),
    ...(exit_codes.length === 0
      ? []
      : [
          table(
            ['exit code', 'meaning here'],
            exit_codes.map(exit => [String(exit.code), exit.means]),
          ),
        ]),
    ...(see_also.length === 0 ? [] : [`See also ${see_also.map(name => code(`ec ${name}`)).join(', ')}.`]),
  ]
}

function flagRow(flag) {
  const { term, help, choices, required, setting, default: fallback } = flag
  const notes = [
    choices !== null && !term.includes(choices.join('|')) ? `One of ${choices.map(code).join(', ')}.` : '',
    required ? 'Required.' : '',
    setting === null ? '' : `Without it the setting ${code(setting)} counts.`,
    setting === null && typeof fallback === 'string' ? `Without it ${code(fallback)} counts.` : '',
  ].filter(note => note !== '')
  return [code(term), notes.length === 0 ? help : `${help}. ${notes.join(' ')}`]
}

function errorsPage() {
  return page(
    '# Errors',
    NOTE,
    `Every error has a code that is never renamed, what happened, and one next step. Over HTTP it is a problem document (RFC 9457,
\`application/problem+json\`) with \`type\`, \`title\`, \`status\`, \`detail\`, \`code\` and \`hint\`; on the command line three
lines on stderr and an exit code. What a command refuses before it sends anything exits with 2; the same said by the agent
with 4.`,
    table(
      ['code', 'HTTP', 'exit', 'meaning', 'next step'],
      Object.entries(ERROR_CODES).map(([name, { status, category, title, hint }]) => [
        code(name),
        String(status),
        // The agent has looked at it by then: what was a mistake on the command line is a refusal.
        category === 'usage'
          ? `${EXIT_CODES.usage.code} or ${EXIT_CODES.refused.code}`
          : String(EXIT_CODES[category].code),
        title,
        hint,
      ]),
    ),
    '## Exit codes',
    table(
      ['code', 'meaning'],
      Object.values(EXIT_CODES).map(exit => [String(exit.code), exit.means]),
    ),
  )
}

function doctorPage() {
  return page(
    '# `ec doctor`',
    NOTE,
    `Looks for what keeps ec from working, and says for each thing one next step. It works without an agent; with one, it
asks that too, and the agent looks for itself through its public URL.`,
    fence(['ec doctor', 'ec doctor --fix', 'ec doctor --json']),
    `Each line is one check: \`ok\`, \`warn\` (it works, and something is not as it should be), \`fail\` (it does not work, or is about
not to) or \`skip\` (it could not be looked at, with the reason). The last line sums up. The exit code is 0 when nothing fails,
5 when something does. Whatever hangs, it ends within 15 seconds; with \`--fix\`, which looks twice, within 30.`,
    '## What `--fix` does',
    `It takes the rights of others away from the data folder and from files with secrets, makes a missing data folder, and removes
the socket and the \`agent.json\` of an agent that was killed, once it holds the agent's lock and nobody answers. It says each
step with what was there before, and looks again. It never changes what is in a file, and deletes no data.`,
    '## `--json`',
    `One document \`{ ok, checks: [{ code, status, title, detail?, hint?, fix? }] }\`, one row a code. \`ok\` is false when a check
fails. \`fix\` is \`{ done, steps, error? }\`: what \`--fix\` has done, or could not do, or would do.`,
    '## The checks',
    `A code is never renamed. The step is the usual one; a line on the screen may know a better one.`,
    ...Object.entries(CHECK_GROUPS).flatMap(([prefixes, title]) => [
      `### ${title}`,
      table(
        ['code', 'it is ok when', 'what is looked at', 'next step otherwise'],
        checksOf(prefixes).map(([name, { title, means, next }]) => [code(name), title, means, next]),
      ),
    ]),
    '## What it asks of others',
    `Nothing of anybody who was not named. The agent asks for its own \`public.url\`; the clock is compared with the Date of that
answer where something on the way adds one, and with the server in \`doctor.time_url\` when that is set.`,
  )
}

/** The checks whose codes begin with one of these words. */
function checksOf(prefixes) {
  return Object.entries(CHECK_CODES).filter(([name]) => prefixes.split(' ').includes(name.split('.')[0]))
}

function eventsPage() {
  const schema = eventJsonSchema()
  const required = new Set(schema.required)
  return page(
    '# Events',
    NOTE,
    '## Fields',
    'An unknown field is refused with the nearest known name; names that begin with `x-` are yours and pass through.',
    table(
      ['field', '', 'takes', 'meaning'],
      Object.entries(schema.properties).map(([name, property]) => [
        code(name),
        required.has(name) ? 'required' : '',
        takes(property),
        meaningOf(name),
      ]),
    ),
    '## Types',
    `Any dotted name is a type. These are built in; the table says where their events go unless the event says otherwise, and what
\`ec emit --type TYPE\` alone sends. Other types go to \`ws\`, unless \`route.rules\` of the configuration has a pattern for
them; the most specific pattern counts.`,
    table(
      ['type', 'goes to', 'sample'],
      BUILT_IN_TYPES.map(type => [code(type), channelsOf(type), SAMPLES[type].title.replace(/^Test: /, '')]),
    ),
    '## Who decides',
    `\`channels\` of the event, else its \`channel_hint\` (${CHANNEL_HINTS.map(code).join(', ')}), else the rule of its type, else a
pattern rule, else \`["ws"]\`. \`channels: []\` is the history alone. If \`channels\` and \`channel_hint\` contradict each other,
\`channels\` is followed and the reply has a warning.`,
    `The plan in the reply of an emit has a step for each channel (${CHANNELS.map(code).join(', ')}): \`send\`, \`hold\` or
\`suppress\`, with the reason:`,
    table(
      ['reason', 'meaning'],
      plannedReasons().map(reason => [code(reason), REASONS[reason]]),
    ),
    '## States',
    `What a person does with an event is numbered in the user's stream: ${EVENT_STATES.map(code).join(', ')}. A list shows one
state for each event.`,
  )
}

/** Where the rule of a type sends its events, with what a level changes. */
function channelsOf(type) {
  const at = level => sentTo({ type, level })
  const usual = at('info')
  const louder = LEVELS.filter(level => at(level).join() !== usual.join())
  const more = louder.length === 0 ? '' : `; ${at(louder[0]).map(code).join(', ')} when ${louder.join(' or ')}`
  return usual.map(code).join(', ') + more
}

function sentTo(event) {
  const plan = route(event, { available: CHANNELS, rules: [] }, 0)
  return plan.steps.filter(step => step.action !== 'suppress').map(step => step.channel)
}

/** Every reason that the router gives, by asking it about everything. */
function plannedReasons() {
  const own = [{}, { channels: CHANNELS }, ...CHANNEL_HINTS.map(channel_hint => ({ channel_hint }))]
  const rules = [{ pattern: 'task.*', channels: ['ws', 'push'] }]
  const types = [...BUILT_IN_TYPES, 'task.created', 'other.thing']
  const events = types.flatMap(type => own.map(event => ({ type, level: 'info', ...event })))
  const plans = [...events, ...events.map(event => ({ ...event, expires_at: '1970-01-01T00:00:00.000Z' }))].flatMap(
    event => [CHANNELS, ['ws']].map(available => route(event, { available, rules }, 1)),
  )
  const found = new Set(plans.flatMap(plan => plan.steps.map(step => step.reason)))
  for (const reason of found)
    if (!(reason in REASONS)) throw new Error(`scripts/reference.js has no words for the reason ${reason}`)
  return Object.keys(REASONS).filter(reason => found.has(reason))
}

function meaningOf(name) {
  const meaning = FIELDS[name]
  if (meaning === undefined) throw new Error(`scripts/reference.js has no words for the field ${name}`)
  return meaning
}

/** What a JSON Schema says of a value, in words. */
function takes(property) {
  if (property.anyOf) return property.anyOf.map(takes).join(' or ')
  if (property.enum) return property.enum.map(code).join(', ')
  if (property.type === 'array') return `a list of ${takes(property.items)}`
  if (property.type === 'object')
    return property.properties ? `{ ${Object.keys(property.properties).join(', ')} }` : 'an object'
  if (property.type === 'integer') return 'a safe integer'
  return property.maxLength === undefined ? 'a text' : `a text of at most ${property.maxLength} characters`
}

function shownDefault(key) {
  const value = key.split('.').reduce((at, name) => at[name], DEFAULT_CONFIG)
  if (value === null || (Array.isArray(value) && value.length === 0)) return ''
  return code(CONFIG_KEYS[key].kind === 'duration' ? formatDuration(value) : String(value))
}

function read(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function page(...parts) {
  return `${parts.join('\n\n')}\n`
}

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map(row).join('\n')
}

function row(cells) {
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function fence(lines) {
  return ['```sh', ...lines, '```'].join('\n')
}

function code(text) {
  return `\`${text}\``
}

function sentence(text) {
  return `${text[0].toUpperCase()}${text.slice(1)}.`
}
