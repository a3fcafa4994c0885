// docs/doctor.md: every check of `ec doctor`, and how it answers.
import { CHECK_CODES } from '../../dist/core/check-codes.js'
import { code, fence, NOTE, page, table } from './markdown.js'

const CHECK_GROUPS = {
  node: 'This machine',
  config: 'The configuration',
  'data files store key': 'The data folder, the store and its key',
  'agent port clock': 'The agent, its ports and the clock',
  public: 'The public URL',
  email: 'Mail',
  'resources jobs': 'What comes in',
  google: 'Accounts of Google',
  'sync subscription calls': 'What is synced',
  'push channels': 'What goes out',
  user: 'One person, with `--user`: what the agent knows',
  browser: 'One person, with `--user`: what the browsers reported',
}
const ungrouped = Object.keys(CHECK_CODES).filter(
  name => !Object.keys(CHECK_GROUPS).some(prefixes => checksOf(prefixes).some(([known]) => known === name)),
)
if (ungrouped.length > 0) throw new Error(`scripts/reference/doctor.js has no group for ${ungrouped.join(', ')}`)

export function doctorPage() {
  return page(
    '# `ec doctor`',
    NOTE,
    `Looks for what keeps ec from working, and says for each thing one next step. It works without an agent; with one, it
asks that too, and the agent looks for itself through its public URL.`,
    fence(['ec doctor', 'ec doctor --fix', 'ec doctor --user ana', 'ec doctor --json']),
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
    '## `--user`',
    `Says instead why one person gets nothing, and mends nothing: what the agent knows of that person now, and what the person's
browsers last found out about themselves on /diagnostics, with the age of that ([more](diagnostics.md)). Codes \`user.*\` and
\`browser.*\`.`,
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
answer where something on the way adds one, and with the server in \`doctor.time_url\` when that is set. The agent greets the
mail server of \`smtp.url\` and sends nothing; with \`email.dkim\` it asks DNS for the published key. With each account of
Google that is signed in it asks Google for what the checks \`google.*\` need, and compares the clock with the Date of an answer.`,
  )
}

/** The checks whose codes begin with one of these words. */
function checksOf(prefixes) {
  return Object.entries(CHECK_CODES).filter(([name]) => prefixes.split(' ').includes(name.split('.')[0]))
}
