import { setMaxListeners } from 'node:events'
import { createTransport } from 'nodemailer'
import type { ApiCall } from '../../../core/api-call.ts'
import type { Clock } from '../../../core/clock.ts'
import { joinSignals } from '../../../core/join-signals.ts'
import type { Sender } from '../../../core/sender.ts'
import type { SmtpServer } from '../../../core/smtp-server.ts'
import { readSmtpError } from './read-smtp-error.ts'
import type { RenderedMail } from './render/render-mail.ts'
import type { SmtpAnswer } from './smtp-answer.ts'

/** What mail is signed with, so that its receivers know that the domain sent it. */
export interface DkimKey {
  readonly domain: string
  readonly selector: string
  /** PEM. */
  readonly privateKey: string
}

export interface SmtpSenderOptions {
  readonly server: SmtpServer
  readonly from: Sender
  readonly dkim: DkimKey | null
  readonly clock: Clock
  /** Told of each mail that was handed over, as of a request to any other service. */
  readonly record: (call: ApiCall) => void
  /** For a mail as a whole, waiting for a free connection included. */
  readonly deadlineMs?: number
}

export interface OutgoingMail {
  readonly to: { readonly address: string; readonly name: string | null }
  readonly mail: RenderedMail
  /** Counted from 1, for the ledger. */
  readonly attempt: number
}

/** Hands mail to the mail server: a few connections that are kept, a deadline on everything, every mail counted. */
export interface SmtpSender {
  /** One try. Settles within the deadline, also when `signal` aborts, and never rejects. */
  send(mail: OutgoingMail, signal: AbortSignal): Promise<SmtpAnswer>
  /** Connects and logs in, and says what came of it; sends nothing. */
  greet(signal: AbortSignal): Promise<SmtpAnswer>
  close(): void
}

const DEADLINE_MS = 30_000
/** Of the parts of a conversation; each is well within the whole. */
const CONNECT_MS = 10_000
const SILENCE_MS = 20_000
const CONNECTIONS = 5
/** Servers count the mails of a connection; most allow a hundred. */
const MAILS_A_CONNECTION = 100
/** A kept connection that the server has ended is noticed when it is used: then once more, on a new one. */
const REQUEUES = 1

export function createSmtpSender(options: SmtpSenderOptions): SmtpSender {
  const { server, from, dkim, clock, record, deadlineMs = DEADLINE_MS } = options
  const { host, port, secure, login, isLocal } = server
  const transport = createTransport({
    pool: true,
    host,
    port,
    secure,
    // Beyond this machine a password never goes in the open; there, certificates are home-made and prove nothing.
    requireTLS: login !== null && !isLocal,
    tls: { rejectUnauthorized: !isLocal },
    ...(login === null ? {} : { auth: { user: login.user, pass: login.password } }),
    maxConnections: CONNECTIONS,
    maxMessages: MAILS_A_CONNECTION,
    maxRequeues: REQUEUES,
    dnsTimeout: Math.min(CONNECT_MS, deadlineMs),
    connectionTimeout: Math.min(CONNECT_MS, deadlineMs),
    greetingTimeout: Math.min(CONNECT_MS, deadlineMs),
    socketTimeout: Math.min(SILENCE_MS, deadlineMs),
    // What a mail says never names a file or URL to be read.
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(dkim === null
      ? {}
      : { dkim: { domainName: dkim.domain, keySelector: dkim.selector, privateKey: dkim.privateKey } }),
  })
  // Without a listener a connection that fails while idle would end the process.
  transport.on('error', () => {})

  async function within(signal: AbortSignal, run: (signal: AbortSignal) => Promise<SmtpAnswer>): Promise<SmtpAnswer> {
    // Many sends share the signal of one stop, which Node would take for a leak.
    setMaxListeners(0, signal)
    const joined = joinSignals([signal], deadlineMs)
    try {
      return await run(joined.signal)
    } catch (error) {
      return readSmtpError(error, joined.signal)
    } finally {
      joined.release()
    }
  }

  async function deliver({ to, mail }: OutgoingMail, signal: AbortSignal): Promise<SmtpAnswer> {
    const { subject, text, html, headers } = mail
    const { response = '' } = await transport.sendMail({
      from: { name: from.name ?? '', address: from.address },
      to: { name: to.name ?? '', address: to.address },
      envelope: { from: from.address, to: [to.address] },
      date: new Date(clock.now()),
      subject,
      text,
      html,
      messageId: headers.messageId,
      ...(headers.inReplyTo === null ? {} : { inReplyTo: headers.inReplyTo, references: headers.inReplyTo }),
      headers: { ...headers.others },
      signal,
    })
    return { type: 'accepted', code: Number.parseInt(response, 10) || 250, text: response }
  }

  function note(answer: SmtpAnswer, operation: string, attempt: number, started: number): void {
    const ms = Math.round(clock.monotonic() - started)
    const [status, error] = answer.type === 'failed' ? [0, answer.failure] : [answer.code, null]
    const call = {
      at: clock.now(),
      provider: 'smtp',
      account: `${host}:${port}`,
      operation,
      attempt,
      status,
      ms,
      error,
    }
    record({ ...call, cause: operation === 'send' ? 'write' : 'probe' })
  }

  return {
    async send(mail, signal) {
      const started = clock.monotonic()
      const answer = await within(signal, joined => deliver(mail, joined))
      note(answer, 'send', mail.attempt, started)
      return answer
    },
    async greet(signal) {
      const started = clock.monotonic()
      const answer = await within(signal, async joined => {
        await Promise.race([transport.verify(), aborted(joined)])
        return { type: 'accepted', code: 250, text: 'it greets' }
      })
      note(answer, 'greet', 1, started)
      return answer
    },
    close() {
      transport.close()
    },
  }
}

/** Rejects with the signal's reason once it aborts. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}
