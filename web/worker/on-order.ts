import type { VersionAnswer, WorkerOrder } from '../shared/messages.ts'
import { closeNotice, eventOf } from './close-notice.ts'
import { flush, knownRecord } from './mail.ts'
import type { Ports } from './ports.ts'
import { sayRenewal } from './renew.ts'

/** What a page wants of its worker. It shows nothing. Never rejects. */
export async function onOrder(ports: Ports, order: WorkerOrder, reply: (answer: VersionAnswer) => void): Promise<void> {
  switch (order.ec) {
    case 'version':
      return reply({ ec: 'version', version: ports.version })
    case 'flush': {
      const record = await knownRecord(ports)
      await sayRenewal(ports, record)
      await flush(ports, record)
      return
    }
    case 'close': {
      const notices = await ports.notices().catch(() => [])
      const events = new Set<string | null>(order.events)
      for (const notice of notices) if (events.has(eventOf(notice))) closeNotice(ports, notice)
      return
    }
    default:
      return order satisfies never
  }
}
