import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { callbackify } from 'node:util'
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'
import { onTestFinished } from 'vitest'

/** How the server meets the next mail; a text begins with the code that it answers with. */
export interface Script {
  readonly sender?: string
  readonly recipient?: string
  readonly content?: string
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
  close(): Promise<void>
}

/** A mail server of our own: a real one, with STARTTLS and logins, that refuses as it is told to. */
export async function openMailServer(
  options: SMTPServerOptions & { readonly login?: { readonly user: string; readonly password: string } } = {},
): Promise<MailServer> {
  const { login, ...rest } = options
  const received: ReceivedMail[] = []
  const scripts: Script[] = []
  let current: Script = {}
  let connections = 0
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
    onMailFrom(_address, _session, callback) {
      current = scripts.shift() ?? {}
      callback(refusal(current.sender))
    },
    onRcptTo(_address, _session, callback) {
      callback(refusal(current.recipient))
    },
    onData(stream, session, callback) {
      callbackify(keep)(stream, session, error => callback(error))
    },
    ...rest,
  })
  /** Reads a mail to its end and keeps it, unless it is to be refused. */
  async function keep(stream: Readable, session: SMTPServerSession): Promise<void> {
    const bytes = await buffer(stream)
    const error = refusal(current.content)
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
    script: (...next) => void scripts.push(...next),
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
