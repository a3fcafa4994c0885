import type { AgentRecord } from '../shared/agent-record.ts'
import { closeNotice, eventOf } from './close-notice.ts'
import { flush, knownRecord, tellAgent } from './mail.ts'
import { noticeOf, type Notice } from './notice.ts'
import type { Ports, ShownNotice } from './ports.ts'
import { guessPush, readProposal, readPush, type Push } from './read-push.ts'
import { sayRenewal } from './renew.ts'
import { showNotice } from './show-notice.ts'
import { within } from './within.ts'

/** What came with the push event. */
export interface Arrived {
  /** The message as text; null for none. */
  readonly text: string | null
  /** A notification that the browser would show by itself, and the badge that it would set. */
  readonly proposal: unknown
  readonly badge: unknown
}

/** The last events that were shown; a push service that repeats itself does so within minutes. */
const MAX_SHOWN = 64
/** A store that does not answer must not keep a notification back. */
const STORE_MS = 1_000

/** Whether the message is the agent's, which a worker has to know that is not ours alone. */
export function isOurs({ text, proposal, badge }: Arrived): boolean {
  return readPush(parse(text)) !== null || readProposal(proposal, badge) !== null
}

/**
 * Shows one notification, whatever came and whatever fails, and only then says so: to the agent, to open pages, on the
 * app's icon. Never rejects.
 */
export async function onPush(ports: Ports, arrived: Arrived): Promise<void> {
  const proposed = readProposal(arrived.proposal, arrived.badge)
  const message = parse(arrived.text)
  const push = readPush(message) ?? proposed ?? guessPush(message)
  const [record, shown, screen] = await Promise.all([
    knownRecord(ports, STORE_MS),
    within(ports, STORE_MS, () => ports.box.read('shown'), []),
    within(ports, STORE_MS, () => ports.notices(), []),
  ])
  const { id } = push
  const repeated = id !== null && (readShown(shown).includes(id) || screen.some(notice => eventOf(notice) === id))
  const notice = noticeOf(push, { record, repeated, proposed: proposed !== null }, ports)
  if (id !== null) ports.dealtWith.delete(id)
  replaceOlder(ports, screen, notice)
  const isShown = await showNotice(ports, notice)
  closeOthers(ports, screen, push)
  if (push.badge !== null) await ports.setBadge(push.badge).catch(() => {})
  if (isShown && id !== null) await tellShown(ports, record, id, push.type)
  await sayRenewal(ports, record)
  await flush(ports, record)
}

/** Firefox tells of a notification whose place another takes as closed; nobody put it away. */
function replaceOlder({ dealtWith }: Ports, screen: readonly ShownNotice[], { options }: Notice): void {
  for (const older of screen) {
    const id = eventOf(older)
    if (id !== null && older.tag === options.tag) dealtWith.add(id)
  }
}

/** What is done with elsewhere need not stand here any more; never the notification that was just shown. */
function closeOthers(ports: Ports, screen: readonly ShownNotice[], push: Push): void {
  const done = new Set<string | null>(push.close.filter(id => id !== push.id))
  for (const notice of screen) if (done.has(eventOf(notice))) closeNotice(ports, notice)
}

async function tellShown(ports: Ports, record: AgentRecord | null, id: string, type: string | null): Promise<void> {
  ports.tell({ ec: 'shown', event: id, type })
  const add = (value: unknown): readonly string[] => [...readShown(value).filter(one => one !== id), id]
  await Promise.all([
    within(ports, STORE_MS, () => ports.box.change('shown', value => add(value).slice(-MAX_SHOWN)), undefined),
    tellAgent(ports, record, { kind: 'receipt', event: id, what: 'shown', at: ports.now() }),
  ])
}

function readShown(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(id => typeof id === 'string') : []
}

/** Undefined for what is no JSON. */
function parse(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
