import { createSmtpSender } from '../../agent/dispatch/email/smtp-sender.ts'
import { outcomeOf } from '../../agent/dispatch/email/outcome-of.ts'
import { readEmailSettings } from '../../agent/dispatch/email/read-settings.ts'
import { configPlaces } from '../../core/load-config.ts'
import { EcError } from '../../core/errors.ts'
import { readTextIfAny, writePrivateFile } from '../../core/private-file.ts'
import { readSender } from '../../core/sender.ts'
import { readSmtpUrl, type SmtpServer } from '../../core/smtp-server.ts'
import { setInYaml } from '../../core/yaml-edit.ts'
import type { CommandContext } from '../context.ts'

interface SetupInput {
  readonly smtp: string | undefined
  readonly from: string | undefined
  readonly dryRun: boolean | undefined
}

/**
 * Keeps a mail server in the user's configuration once it has taken us: connects, logs in, then writes. The password is
 * in that file, which its owner alone can read.
 */
export async function setUpEmail(context: CommandContext, input: SetupInput): Promise<void> {
  const { output } = context
  const url = input.smtp ?? context.env['EC_SMTP_URL']
  if (!url) throw usage('--smtp is missing', 'add --smtp smtp://user:password@mail.example.org:587, or set EC_SMTP_URL')
  const server = readSmtpUrl(url)
  if (server === null) throw usage('--smtp takes smtp://user:password@host:port, or smtps://')
  if (input.from !== undefined && readSender(input.from) === null) {
    throw usage('--from takes an address, as "EventCenter <ec@example.org>"')
  }
  const { config } = await context.config()
  const smtp = { url, from: input.from ?? config.smtp.from }
  const { from } = readEmailSettings({ smtp, email: config.email })
  if (from === null) throw usage('--from is missing', 'add --from "EventCenter <ec@example.org>"')
  await greet(context, server, from)

  const file = await configFile(context)
  const entries = [
    [['smtp', 'url'], url],
    ...(input.from === undefined ? [] : [[['smtp', 'from'], input.from] as const]),
  ] as const
  const text = setInYaml(readTextIfAny(file) ?? '', entries)
  if (input.dryRun !== true) writePrivateFile(file, text)
  const said = { server: `${server.host}:${server.port}`, from: from.address, file, written: input.dryRun !== true }
  if (context.json) return output.document(said)
  output.say(`${said.server} takes mail from ${said.from}`)
  output.say(said.written ? `kept in ${file}; start the agent anew` : `would be kept in ${file}`)
  if (input.smtp !== undefined && context.env['EC_SMTP_URL'])
    output.tell('note: EC_SMTP_URL is set and comes before the file')
}

async function greet(
  { clock, signal }: CommandContext,
  server: SmtpServer,
  from: NonNullable<ReturnType<typeof readSender>>,
): Promise<void> {
  const sender = createSmtpSender({ server, from, dkim: null, clock, record: () => {} })
  try {
    const outcome = outcomeOf(await sender.greet(signal))
    if (outcome.type === 'delivered') return
    throw new EcError('EC_PROVIDER', outcome.reason, {
      hint: outcome.type === 'our_trouble' ? 'correct user and password in --smtp' : 'correct host and port in --smtp',
    })
  } finally {
    sender.close()
  }
}

/** `--config FILE`, else the user's own. */
async function configFile(context: CommandContext): Promise<string> {
  const input = await context.configInput()
  const own = configPlaces(input).find(({ layer }) => layer === 'user')
  const file = input.file ?? own?.path
  if (file === undefined) throw new EcError('EC_INTERNAL', 'there is no place for a configuration')
  return file
}

function usage(message: string, hint = 'see `ec help setup email`'): EcError {
  return new EcError('EC_USAGE', message, { hint })
}
