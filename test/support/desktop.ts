import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { decodeDbus, encodeDbus, list, type DbusMessage, type DbusValue } from './dbus-wire.js'
import { tempDir } from './temp-dir.js'
import { until } from './until.js'

/**
 * The desktop of a Linux system as a browser sees it: the session bus with a notification service on it
 * (org.freedesktop.Notifications). Its person can click what a browser shows, which no driver of browsers can.
 */
export interface Desktop {
  /** For the browser. */
  readonly env: Readonly<Record<string, string>>
  /** What stands on the screen now. */
  readonly shown: () => readonly DesktopNotice[]
  /** Resolves with the notification of this title once it is there. */
  seen(title: string): Promise<DesktopNotice>
  /** Resolves once there is none of this title. */
  gone(title: string): Promise<void>
  /** Clicks the notification, or its button of this label, which puts it away. */
  click(notice: DesktopNotice, button?: string): void
  /** Puts it away. */
  dismiss(notice: DesktopNotice): void
}

export interface DesktopNotice {
  readonly id: number
  readonly title: string
  readonly body: string
  readonly buttons: readonly { readonly key: string; readonly label: string }[]
  /** How often it was shown, in its own place too. */
  readonly times: number
}

const NOTIFICATIONS = 'org.freedesktop.Notifications'
const PATH = '/org/freedesktop/Notifications'
const [BUS, SERVICE, CLIENT] = ['org.freedesktop.DBus', ':1.0', ':1.1']
const CAPABILITIES = ['actions', 'body', 'body-markup', 'body-images', 'icon-static', 'persistence']
const [DISMISSED, CLOSED] = [2, 3]
const NO_REPLY = 1

export async function openDesktop(): Promise<Desktop> {
  const path = join(tempDir(), 'bus')
  const shown = new Map<number, DesktopNotice>()
  const sockets = new Set<Socket>()
  let serial = 0
  let last = 0

  function send(socket: Socket, message: Omit<Parameters<typeof encodeDbus>[0], 'serial' | 'destination'>): void {
    serial += 1
    socket.write(encodeDbus({ ...message, serial, destination: CLIENT }))
  }

  function signal(member: string, signature: string, body: readonly DbusValue[]): void {
    const message = { type: 4, path: PATH, interface: NOTIFICATIONS, member, sender: SERVICE, signature, body }
    for (const socket of sockets) send(socket, message)
  }

  function close(id: number, reason: number): void {
    if (shown.delete(id)) signal('NotificationClosed', 'uu', [id, reason])
  }

  function notify([, replaces, , title, body, actions]: readonly DbusValue[]): number {
    const before = shown.get(Number(replaces))
    const id = before === undefined ? (last += 1) : before.id
    const pairs = list(actions).map(String)
    const buttons = pairs.flatMap((key, i) =>
      i % 2 === 0 && key !== 'default' ? [{ key, label: pairs[i + 1] ?? '' }] : [],
    )
    shown.set(id, { id, title: String(title), body: String(body), buttons, times: (before?.times ?? 0) + 1 })
    return id
  }

  /** Signature and values of the answer; null for what is not known here. */
  function answer({ interface: about, member, body }: DbusMessage): readonly [string, readonly DbusValue[]] | null {
    const [first] = body
    switch (member) {
      case 'Hello':
        return ['s', [CLIENT]]
      case 'AddMatch':
      case 'RemoveMatch':
        return ['', []]
      case 'NameHasOwner':
        return ['b', [first === NOTIFICATIONS]]
      case 'GetNameOwner':
        return first === NOTIFICATIONS ? ['s', [SERVICE]] : null
      case 'StartServiceByName':
        return first === NOTIFICATIONS ? ['u', [2]] : null
      case 'ListNames':
      case 'ListActivatableNames':
        return ['as', [[BUS, NOTIFICATIONS]]]
      case 'GetServerInformation':
        return ['ssss', ['desktop', 'test', '1.0', '1.2']]
      case 'GetCapabilities':
        return ['as', [CAPABILITIES]]
      case 'Notify':
        return about === NOTIFICATIONS ? ['u', [notify(body)]] : null
      case 'CloseNotification':
        close(Number(first), CLOSED)
        return ['', []]
      default:
        return null
    }
  }

  function hear(socket: Socket, message: DbusMessage): void {
    if (message.type !== 1) return
    const found = answer(message)
    if ((message.flags & NO_REPLY) !== 0) return
    const sender = message.interface === NOTIFICATIONS ? SERVICE : BUS
    const reply = { sender, replySerial: message.serial }
    if (found !== null) send(socket, { ...reply, type: 2, signature: found[0], body: found[1] })
    else {
      const errorName = `${BUS}.Error.${message.member === 'GetNameOwner' ? 'NameHasNoOwner' : 'UnknownMethod'}`
      send(socket, { ...reply, type: 3, errorName, signature: 's', body: ['not here'] })
    }
  }

  const server = createServer(socket => {
    let bytes = Buffer.alloc(0)
    let speaks = false
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', chunk => {
      bytes = Buffer.concat([bytes, chunk])
      if (!speaks) {
        const [rest, begun] = greet(socket, bytes)
        bytes = Buffer.from(rest)
        speaks = begun
        if (begun) sockets.add(socket)
      }
      for (let found = speaks ? decodeDbus(bytes) : null; found !== null; found = decodeDbus(bytes)) {
        bytes = bytes.subarray(found[1])
        hear(socket, found[0])
      }
    })
  })
  await new Promise<void>(resolve => server.listen(path, resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })

  return {
    env: { DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` },
    shown: () => [...shown.values()],
    async seen(title) {
      const found = await until(
        () => [...shown.values()],
        all => all.some(notice => notice.title === title),
      )
      return found.find(notice => notice.title === title)!
    },
    async gone(title) {
      await until(
        () => [...shown.values()],
        all => all.every(notice => notice.title !== title),
      )
    },
    click({ id, buttons }, button) {
      const key = button === undefined ? 'default' : buttons.find(({ label }) => label === button)?.key
      if (key === undefined) throw new Error(`there is no button ${button}`)
      signal('ActionInvoked', 'us', [id, key])
      // As GNOME does: whatever was clicked is put away.
      close(id, DISMISSED)
    },
    dismiss: ({ id }) => close(id, DISMISSED),
  }
}

/** The handshake: whoever comes is let in. What is left of the bytes, and whether messages follow. */
function greet(socket: Socket, bytes: Buffer): readonly [rest: Buffer, begun: boolean] {
  let rest = bytes
  for (let end = rest.indexOf('\r\n'); end !== -1; end = rest.indexOf('\r\n')) {
    const line = rest.toString('latin1', 0, end).replace(/^\0/, '')
    rest = rest.subarray(end + 2)
    if (line === 'BEGIN') return [rest, true]
    if (line === 'AUTH' || line.startsWith('AUTH ANONYMOUS')) socket.write('REJECTED EXTERNAL\r\n')
    else if (line.startsWith('AUTH EXTERNAL ') || line.startsWith('DATA')) socket.write(`OK ${'0'.repeat(32)}\r\n`)
    else if (line.startsWith('AUTH EXTERNAL')) socket.write('DATA\r\n')
    else socket.write('ERROR\r\n')
  }
  return [rest, false]
}
