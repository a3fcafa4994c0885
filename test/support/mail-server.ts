import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { callbackify } from 'node:util'
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'
import { expect, onTestFinished, vi } from 'vitest'

/** How the server meets the next mail; a text begins with the code that it answers with. */
export interface Script {
  readonly sender?: string
  readonly recipient?: string
  readonly content?: string
  /** The mail is kept, but nobody is told so, until it is released. */
  readonly hold?: boolean
}

export interface ReceivedMail {
  /** As it came over the wire. */
  readonly raw: string
  readonly parsed: ParsedMail
  readonly from: string
  readonly to: readonly string[]
  readonly secure: boolean
  readonly user: string | null
}

export interface MailServer {
  readonly port: number
  readonly url: string
  readonly received: readonly ReceivedMail[]
  readonly connections: () => number
  /** The next mails meet these in turn, then are taken. */
  script(...scripts: readonly Script[]): void
  /** Scripts that met no mail are forgotten. */
  unscript(): void
  /** Resolves once a mail is held. */
  held(): Promise<void>
  /** Refuses what is held. */
  release(): void
  close(): Promise<void>
}

/** A mail server of our own: a real one, with STARTTLS and logins, that refuses as it is told to. */
export async function openMailServer(
  options: SMTPServerOptions & { readonly login?: { readonly user: string; readonly password: string } } = {},
): Promise<MailServer> {
  const { login, ...rest } = options
  const received: ReceivedMail[] = []
  const scripts: Script[] = []
  /** By the connection that a mail comes on: several come at once. */
  const current = new Map<string, Script>()
  let connections = 0
  const holding = new Set<() => void>()
  const server = new SMTPServer({
    logger: false,
    disableReverseLookup: true,
    authOptional: login === undefined,
    onConnect(_session, callback) {
      connections += 1
      callback()
    },
    onAuth({ username, password }, _session, callback) {
      if (username === login?.user && password === login?.password) callback(null, { user: username })
      else callback(refusal('535 5.7.8 no such login'))
    },
    onMailFrom(_address, { id }, callback) {
      const script = scripts.shift() ?? {}
      current.set(id, script)
      callback(refusal(script.sender))
    },
    onRcptTo(_address, { id }, callback) {
      callback(refusal(current.get(id)?.recipient))
    },
    onData(stream, session, callback) {
      callbackify(keep)(stream, session, error => callback(error))
    },
    ...rest,
  })
  /** Reads a mail to its end and keeps it, unless it is to be refused. */
  async function keep(stream: Readable, session: SMTPServerSession): Promise<void> {
    const bytes = await buffer(stream)
    const { content, hold } = current.get(session.id) ?? {}
    const error = refusal(content)
    if (error !== null) throw error
    const parsed = await simpleParser(bytes)
    const { mailFrom, rcptTo } = session.envelope
    received.push({
      raw: bytes.toString('latin1'),
      parsed,
      from: mailFrom === false ? '' : mailFrom.address,
      to: rcptTo.map(({ address }) => address),
      secure: session.secure,
      user: session.user === undefined ? null : String(session.user),
    })
    if (hold !== true) return
    await new Promise<void>(resolve => holding.add(resolve))
    throw Object.assign(new Error('4.3.0 too late'), { responseCode: 451 })
  }
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const port = portOf(server.server.address())
  let closed = false
  async function close(): Promise<void> {
    if (closed) return
    closed = true
    await new Promise<void>(resolve => server.close(() => resolve()))
  }
  onTestFinished(close)
  const who = login === undefined ? '' : `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@`
  return {
    port,
    url: `smtp://${who}127.0.0.1:${port}`,
    received,
    connections: () => connections,
    unscript: () => void scripts.splice(0),
    release() {
      for (const refuse of holding) refuse()
      holding.clear()
    },
    script: (...next) => void scripts.push(...next),
    held: () => vi.waitFor(() => expect(holding.size).toBeGreaterThan(0), { timeout: 10_000, interval: 2 }),
    close,
  }
}

/** A server that holds a conversation which no good one would; `hold` is called with each connection. */
export async function openBareServer(hold: (socket: Socket) => void): Promise<{ readonly url: string }> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    hold(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise<void>(resolve => server.close(() => resolve()))
  })
  return { url: `smtp://127.0.0.1:${portOf(server.address())}` }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}

function refusal(answer: string | undefined): Error | null {
  if (answer === undefined) return null
  return Object.assign(new Error(answer.slice(4)), { responseCode: Number(answer.slice(0, 3)) })
}
