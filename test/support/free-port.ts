import { createServer, type AddressInfo, type Server } from 'node:net'
import { onTestFinished } from 'vitest'

/** A port of loopback at which nobody listens at this moment. */
export async function freePort(): Promise<number> {
  const server = await listen()
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

/** Somebody else who has a port, until the test ends. */
export async function listen(): Promise<Server> {
  const server = createServer()
  onTestFinished(() => void server.close())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return server
}
