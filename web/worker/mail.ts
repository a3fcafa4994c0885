import { readRecord, type AgentRecord } from '../shared/agent-record.ts'
import { addParcel, isStale, readOutbox, settleParcels, type Parcel } from '../shared/outbox.ts'
import { noticeOfAnswer } from './answer-notice.ts'
import { run, type Errand } from './errand.ts'
import type { Ports } from './ports.ts'
import { showNotice } from './show-notice.ts'
import { within } from './within.ts'

/** For the browser's own store, which may never answer. */
const STORE_MS = 1_000
/** A worker is ended when it works too long; what is left is said with the next event. */
const MAX_AT_ONCE = 25

/** Who this browser is to the agent; null when nobody knows, or the store does not say. */
export async function knownRecord(ports: Ports, ms = STORE_MS): Promise<AgentRecord | null> {
  return readRecord(await within(ports, ms, () => ports.box.read('record'), null))
}

/** Tells the agent now, or keeps it until there is a way. */
export async function tellAgent(ports: Ports, record: AgentRecord | null, parcel: Parcel): Promise<Errand> {
  const errand = await run(ports, record, parcel)
  if (errand.type === 'later') {
    await change(ports, parcels => addParcel(parcels, parcel))
    await ports.wakeOnline().catch(() => {})
  }
  return errand
}

/**
 * Says what was kept, in its order, until there is no way again. Resolves with whether everything was said. An answer that
 * came to nothing is told to the person.
 */
export async function flush(ports: Ports, record: AgentRecord | null): Promise<boolean> {
  const parcels = readOutbox(await within(ports, STORE_MS, () => ports.box.read('outbox'), []))
  const settled: Parcel[] = []
  let later = false
  for (const parcel of parcels.slice(0, MAX_AT_ONCE)) {
    const stale = isStale(parcel, ports.now())
    const errand: Errand = stale ? { type: 'refused', status: 0, winner: null } : await run(ports, record, parcel)
    later = errand.type === 'later'
    if (later) break
    settled.push(parcel)
    if (parcel.kind === 'answer') await tellPerson(ports, record, parcel, errand)
  }
  if (settled.length > 0) await change(ports, now => settleParcels(now, settled))
  return !later && settled.length === parcels.length
}

/** How an answer ended that the person may still take for sent. */
export async function tellPerson(
  ports: Ports,
  record: AgentRecord | null,
  parcel: Parcel & { readonly kind: 'answer' },
  errand: Errand,
  label: (option: string) => string = option => option,
): Promise<void> {
  const notice = noticeOfAnswer(errand, parcel, label, record, ports)
  if (notice !== null) {
    await showNotice(ports, notice)
    return
  }
  ports.tell({ ec: 'answered', question: parcel.question, option: parcel.option })
  const waiting = await within(ports, STORE_MS, () => ports.notices(), [])
  for (const shown of waiting.filter(({ tag }) => tag === `ec-answer:${parcel.question}`)) shown.close()
}

async function change(ports: Ports, next: (parcels: readonly Parcel[]) => readonly Parcel[]): Promise<void> {
  await within(ports, STORE_MS, () => ports.box.change('outbox', value => next(readOutbox(value))), undefined)
}
