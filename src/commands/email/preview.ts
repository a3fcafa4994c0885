import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { readEmailSettings } from '../../agent/dispatch/email/read-settings.ts'
import { renderMail, type RenderedMail } from '../../agent/dispatch/email/render/render-mail.ts'
import { openTemplates } from '../../agent/dispatch/email/render/templates.ts'
import type { Reader } from '../../agent/dispatch/email/render/view-of.ts'
import type { EcEvent, Level } from '../../core/event.ts'
import { writeError } from '../../core/write-error.ts'
import { composeEvent, readEventFlags } from '../compose-event.ts'
import type { CommandContext } from '../context.ts'

interface PreviewInput {
  readonly type: string
  readonly service: string | undefined
  readonly lang: string | undefined
  readonly user: string | undefined
  readonly title: string | undefined
  readonly body: string | undefined
  readonly level: Level | undefined
  readonly cta: string | undefined
  readonly data: readonly string[] | undefined
  readonly dataJson: string | undefined
  readonly html: boolean | undefined
  readonly text: boolean | undefined
  readonly open: string | undefined
}

/** When a template of one's own could not be used. */
const FAULTY = 1

/** A mail as it would look, of the sample of its type unless flags say more. Needs an agent only for `--user`. */
export async function previewMail(context: CommandContext, input: PreviewInput): Promise<number> {
  const { output } = context
  const { config } = await context.config()
  const settings = readEmailSettings(config)
  const troubles: string[] = []
  const templates = openTemplates(settings.templates, ({ file, message }) => void troubles.push(`${file}: ${message}`))
  const base = (config.public.url ?? 'https://ec.example.org').replace(/\/+$/, '')
  const mail = renderMail(templates, {
    event: eventOf(context, input, config.user),
    reader: await readerOf(context, input),
    links: { unsubscribe: `${base}/u/preview`, answer: option => `${base}/a/preview-${option + 1}` },
    host: settings.from?.host ?? 'localhost',
  })
  print(context, input, mail)
  for (const trouble of troubles) output.tell(`${trouble}; the built-in template serves`)
  return troubles.length > 0 ? FAULTY : 0
}

function eventOf(context: CommandContext, input: PreviewInput, user: string): EcEvent {
  const { type, service, title, body, level, cta, data, dataJson } = input
  const none = { user: undefined, channels: undefined, hint: undefined, id: undefined }
  const given = readEventFlags({ ...none, type, title, body, level, cta, data, dataJson })
  const event = composeEvent({ ...given, ...(service === undefined ? {} : { service }) }, user)
  const created_at = new Date(context.clock.now()).toISOString()
  return { level: 'info', ...event, id: 'evt_preview', user_id: String(event.user_id), created_at }
}

async function readerOf(context: CommandContext, { user, lang }: PreviewInput): Promise<Reader> {
  if (user === undefined) return { id: 'me', name: null, lang: lang ?? null, tz: null }
  const client = await context.connect()
  const known = await client.users.get(user)
  return { id: known.id, name: known.name, lang: lang ?? known.lang, tz: known.tz }
}

function print({ output, json, cwd }: CommandContext, { html, text, open }: PreviewInput, mail: RenderedMail): void {
  if (open !== undefined) {
    const path = resolve(cwd, open)
    try {
      writeFileSync(path, mail.html)
    } catch (cause) {
      throw writeError(path, cause)
    }
    output.say(`${path}: open it in a browser`)
  }
  if (json) return output.document(mail)
  if (html === true) return output.print(mail.html)
  if (text === true) return output.print(mail.text)
  if (open === undefined) output.print(`Subject: ${mail.subject}\n\n${mail.text}`)
}
