import { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** The answer that is under way on a connection. Node keeps it there and looks for it in its own handlers. */
export function responseOn(socket: Duplex): ServerResponse | null {
  const response: unknown = Reflect.get(socket, '_httpMessage')
  return response instanceof ServerResponse ? response : null
}
