import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import { openPushEndpoint, type PushEndpoint, type Sent } from './push-endpoint.js'

/**
 * Mozilla's push service as Firefox speaks with it (WebSocket, subprotocol `push-notification`), small enough for a test:
 * browsers are known by their `uaid`, what comes while one is away waits for it.
 */
export interface AutopushServer extends PushEndpoint {
  /** Preferences of a Firefox that is to use it. */
  readonly preferences: Readonly<Record<string, string | number | boolean>>
  /** What browsers said of messages: 100 shown, 101 could not be decrypted. */
  readonly acks: readonly number[]
  /** Browsers that are connected now. */
  readonly connected: () => number
  /** The subscription ends: senders get 410 from here on. The browser is not told, as with a service that lost it. */
  expire(endpoint: string): void
  /** Forgets every browser and drops the connections: those that come back are new, and their subscriptions gone. */
  forgetAll(): void
}

interface Browser {
  socket: WebSocket | null
  readonly waiting: string[]
}

export async function openAutopushServer(): Promise<AutopushServer> {
  const browsers = new Map<string, Browser>()
  /** Channel to browser. */
  const channels = new Map<string, string>()
  const acks: number[] = []

  function deliver(path: string, { body, encoding }: Sent): number {
    const channelID = path.split('/').at(-1) ?? ''
    const browser = browsers.get(channels.get(channelID) ?? '')
    if (browser === undefined) return 410
    const frame = JSON.stringify({
      messageType: 'notification',
      channelID,
      version: randomUUID(),
      ...(body.length === 0 ? {} : { data: body.toString('base64url'), headers: { encoding } }),
    })
    if (browser.socket === null) browser.waiting.push(frame)
    else browser.socket.send(frame)
    return 201
  }

  const endpoint = await openPushEndpoint(deliver)
  const server = createServer()
  const sockets = new WebSocketServer({ server, handleProtocols: () => 'push-notification' })
  sockets.on('connection', socket => {
    let uaid = ''
    socket.on('error', () => {})
    socket.on('close', () => {
      const browser = browsers.get(uaid)
      if (browser?.socket === socket) browser.socket = null
    })
    socket.on('message', data => {
      const message: { messageType?: string; uaid?: string; channelID?: string; updates?: { code?: number }[] } =
        JSON.parse(String(data))
      const { messageType, channelID = '' } = message
      if (messageType === 'hello') {
        uaid =
          message.uaid !== undefined && browsers.has(message.uaid) ? message.uaid : randomUUID().replaceAll('-', '')
        const browser = browsers.get(uaid) ?? { socket, waiting: [] }
        browser.socket = socket
        browsers.set(uaid, browser)
        socket.send(JSON.stringify({ messageType, uaid, status: 200, use_webpush: true }))
        for (const frame of browser.waiting.splice(0)) socket.send(frame)
      } else if (messageType === 'register') {
        channels.set(channelID, uaid)
        const pushEndpoint = `https://${endpoint.host}/wpush/v2/${channelID}`
        socket.send(JSON.stringify({ messageType, channelID, status: 200, pushEndpoint }))
      } else if (messageType === 'unregister') {
        channels.delete(channelID)
        socket.send(JSON.stringify({ messageType, channelID, status: 200 }))
      } else if (messageType === 'ack') {
        for (const { code } of message.updates ?? []) acks.push(code ?? 0)
      } else if (Object.keys(message).length === 0) socket.send('{}')
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  onTestFinished(() => {
    for (const socket of sockets.clients) socket.terminate()
    server.close()
  })

  return {
    ...endpoint,
    preferences: {
      'dom.push.serverURL': `ws://127.0.0.1:${port}/`,
      'dom.push.testing.allowInsecureServerURL': true,
      'dom.push.connection.enabled': true,
      // Comes back at once after a cut.
      'dom.push.retryBaseInterval': 100,
    },
    acks,
    connected: () => [...browsers.values()].filter(({ socket }) => socket !== null).length,
    expire: url => void channels.delete(url.split('/').at(-1) ?? ''),
    forgetAll() {
      browsers.clear()
      channels.clear()
      for (const socket of sockets.clients) socket.terminate()
    },
  }
}
