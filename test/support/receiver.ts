import type { SeenRequest, StandIn } from './stand-in.js'
import { openStandIn } from './stand-in.js'

export interface Receiver extends StandIn {
  /** What it answers from now on; `null` = it never answers and cuts the connection. */
  answer(...statuses: readonly (number | null)[]): void
}

/** A real receiver of pushes: it answers what it is told, the last of several for ever. */
export async function openReceiver(): Promise<Receiver> {
  let statuses: readonly (number | null)[] = [204]
  const standIn = await openStandIn((_request, response) => {
    const [status = 204, ...rest] = statuses
    if (rest.length > 0) statuses = rest
    if (status === null) response.destroy()
    else response.writeHead(status).end()
  })
  return { ...standIn, answer: (...next) => void (statuses = next) }
}

/** What tells one push of Calendar from another. */
export function sayPush({ headers }: SeenRequest): readonly [state: unknown, number: number] {
  return [headers['x-goog-resource-state'], Number(headers['x-goog-message-number'])]
}
