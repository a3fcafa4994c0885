import { createPrivateKey, createPublicKey } from 'node:crypto'
import { judge, type CheckResult } from '../../../core/check.ts'
import { joinSignals } from '../../../core/join-signals.ts'
import type { EcEvent } from '../../../core/event.ts'
import { SAMPLES } from '../../../core/samples.ts'
import { outcomeOf } from './outcome-of.ts'
import type { EmailSettings } from './read-settings.ts'
import { renderMail } from './render/render-mail.ts'
import { openTemplates, type TemplateTrouble } from './render/templates.ts'
import type { DkimKey, SmtpSender } from './smtp-sender.ts'
import { LANGUAGES } from './words/language.ts'

/** The TXT records of a name, each as its pieces; rejects when there are none. */
export type ResolveTxt = (name: string) => Promise<readonly (readonly string[])[]>

export interface EmailCheckOptions {
  readonly settings: EmailSettings
  /** Null = no mail server is set up. */
  readonly sender: Pick<SmtpSender, 'greet'> | null
  /** Where people reach the pages; null = nowhere. */
  readonly base: () => string | null
  readonly resolveTxt: ResolveTxt
}

/** What stands between an event and its mail, each part for itself. Takes as long as the mail server and DNS do, 8 s at most. */
export async function checkEmail(options: EmailCheckOptions): Promise<readonly CheckResult[]> {
  const { settings, sender, base, resolveTxt } = options
  if (settings.server === null) {
    return [judge('email.smtp', 'skip', 'no mail server is set up', 'set one up with `ec setup email` to send mail')]
  }
  const limit = joinSignals([], CHECK_MS)
  const [smtp, dkim] = await Promise.all([
    checkServer(sender, limit.signal),
    checkDkim(settings, name => within(limit.signal, resolveTxt(name))),
  ]).finally(limit.release)
  return [smtp, checkSender(settings), dkim, checkTemplates(settings), checkLinks(base())]
}

/** `ec doctor` answers within 15 s, whatever hangs. */
const CHECK_MS = 8_000

function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  return Promise.race([work, late])
}

async function checkServer(sender: EmailCheckOptions['sender'], signal: AbortSignal): Promise<CheckResult> {
  if (sender === null) return judge('email.smtp', 'skip', 'mail has no sender yet', 'set `smtp.from`')
  const outcome = outcomeOf(await sender.greet(signal))
  return outcome.type === 'delivered' ? judge('email.smtp', 'ok') : judge('email.smtp', 'fail', outcome.reason)
}

function checkSender({ from }: EmailSettings): CheckResult {
  return from === null
    ? judge('email.from', 'fail', 'nobody said whom mail comes from, so none goes out')
    : judge('email.from', 'ok', from.address)
}

async function checkDkim({ dkim, dkimFault, from }: EmailSettings, resolveTxt: ResolveTxt): Promise<CheckResult> {
  if (dkimFault !== null) return judge('email.dkim', 'fail', dkimFault, 'correct `email.dkim`; mail goes out unsigned')
  if (dkim === null) {
    return judge('email.dkim', 'skip', 'the mail server may sign for us', 'see docs/email.md if it does not')
  }
  if (from !== null && from.host !== dkim.domain && !from.host.endsWith(`.${dkim.domain}`)) {
    const detail = `${dkim.domain} signs what comes from ${from.host}, so the signature proves nothing`
    return judge('email.dkim', 'warn', detail, 'let `email.dkim.domain` be the domain of `smtp.from`')
  }
  const name = `${dkim.selector}._domainkey.${dkim.domain}`
  try {
    const published = (await resolveTxt(name)).map(pieces => pieces.join('')).map(readPublished)
    return published.includes(publicHalf(dkim))
      ? judge('email.dkim', 'ok', name)
      : judge('email.dkim', 'fail', `the key at ${name} is another one`)
  } catch {
    return judge('email.dkim', 'warn', `no key was found at ${name}`)
  }
}

/** The `p=` of a DKIM record (RFC 6376, 3.6.1). */
function readPublished(record: string): string | null {
  return /(?:^|;)\s*p=([^;]*)/.exec(record)?.[1]?.replace(/\s+/g, '') ?? null
}

function publicHalf({ privateKey }: DkimKey): string {
  return createPublicKey(createPrivateKey(privateKey)).export({ type: 'spki', format: 'der' }).toString('base64')
}

/** Reads the folder anew, so that a template can be mended while the agent runs. */
function checkTemplates({ templates: folder }: EmailSettings): CheckResult {
  if (folder === null) return judge('email.templates', 'ok', "ec's own")
  const troubles: TemplateTrouble[] = []
  const templates = openTemplates(folder, trouble => void troubles.push(trouble))
  for (const event of samples(templates.own)) {
    for (const lang of LANGUAGES) {
      const reader = { id: event.user_id, name: null, lang, tz: null }
      renderMail(templates, { event, reader, links: SAMPLE_LINKS, host: 'localhost' })
    }
  }
  const [first] = troubles
  if (first !== undefined) return judge('email.templates', 'fail', `${first.file}: ${first.message}`)
  const { length } = templates.own
  return length === 0
    ? judge('email.templates', 'warn', `${folder} has no template`, 'name one as docs/email.md says')
    : judge('email.templates', 'ok', `${length} in ${folder}`)
}

const SAMPLE_LINKS = { unsubscribe: 'https://localhost/u/x', answer: (i: number) => `https://localhost/a/${i}` }

/** An event for each type that has a sample, and for each name that a template has. */
function samples(own: readonly string[]): readonly EcEvent[] {
  const base = { id: 'evt_sample', user_id: 'me', created_at: new Date(0).toISOString() }
  const known = Object.entries(SAMPLES).map(([type, sample]) => ({ ...base, type, ...sample }))
  const named = own.map(file => file.replace(/(\.(en|ru|es))?\.(subject|html|text)\.eta$/, ''))
  const others = named.flatMap(name => {
    const like = known.find(({ type }) => name === type || name.startsWith(`${type}.`))
    const parts = name.split('.')
    const type = like?.type ?? (parts.length > 2 ? parts.slice(0, -1).join('.') : name)
    const service = like === undefined ? parts.at(-1) : name.slice(like.type.length + 1)
    return [{ ...(like ?? { ...base, ...SAMPLES['job.done'] }), type, ...(service ? { service } : {}) }]
  })
  return [...known, ...others]
}

function checkLinks(base: string | null): CheckResult {
  return base === null
    ? judge('email.links', 'warn', 'mail has no links to answer or unsubscribe')
    : judge('email.links', 'ok', base)
}
