import type { ClickMessage } from '../shared/messages.ts'
import type { AnswerParcel } from '../shared/outbox.ts'
import { allowedUrl } from './allowed-url.ts'
import { closeNotice } from './close-notice.ts'
import type { Errand } from './errand.ts'
import { flush, knownRecord, tellAgent, tellPerson } from './mail.ts'
import { readNoticeData, type NoticeData } from './notice.ts'
import { openLink } from './open-link.ts'
import type { Ports, ShownNotice } from './ports.ts'
import { sayRenewal } from './renew.ts'
import { within } from './within.ts'

/** Firefox lets a worker open a window for a second after the click. */
const STORE_MS = 300
const ANSWER = 'answer:'

/** The notification is ours, so that nobody else has to deal with its clicks. */
export function isOurNotice(notice: Pick<ShownNotice, 'data'>): boolean {
  return readNoticeData(notice.data) !== null
}

/** A click on a notification opens what it is about; one on a button answers the question. Never rejects. */
export async function onClick(ports: Ports, notice: ShownNotice, action: string): Promise<void> {
  closeNotice(ports, notice)
  const data = readNoticeData(notice.data)
  if (data === null) return
  const record = await knownRecord(ports, STORE_MS)
  if (data.question !== null && action.startsWith(ANSWER)) {
    await answer(ports, record, data, data.question, action.slice(ANSWER.length))
  } else {
    const url = allowedUrl(data.url, ports.origin, record)
    const message: ClickMessage = { ec: 'click', event: data.id, url }
    const [taken] = await Promise.all([openLink(ports, message), leaveClick(ports, message)])
    // Nobody is to be led there once more by the next page that opens.
    if (taken) await within(ports, STORE_MS, () => ports.box.change('click', () => undefined), undefined)
    if (data.id !== null) {
      await tellAgent(ports, record, { kind: 'receipt', event: data.id, what: 'clicked', at: ports.now() })
    }
  }
  await sayRenewal(ports, record)
  await flush(ports, record)
}

/** A notification that was put away says so; the event stays unread. Never rejects. */
export async function onClose(ports: Ports, notice: ShownNotice): Promise<void> {
  const data = readNoticeData(notice.data)
  if (data === null || data.id === null || ports.dealtWith.has(data.id)) return
  const record = await knownRecord(ports)
  await tellAgent(ports, record, { kind: 'receipt', event: data.id, what: 'dismissed', at: ports.now() })
  await flush(ports, record)
}

async function answer(
  ports: Ports,
  record: Awaited<ReturnType<typeof knownRecord>>,
  data: NoticeData,
  question: string,
  option: string,
): Promise<void> {
  const { id: event, url, lang } = data
  const parcel: AnswerParcel = { kind: 'answer', question, option, event, url, lang, at: ports.now() }
  const errand = await tellAgent(ports, record, parcel)
  const label = (chosen: string): string => data.options.find(({ id }) => id === chosen)?.label ?? chosen
  await tellPerson(ports, record, parcel, errand, label)
  // The event must not look done as long as there may be something to do.
  if (event === null || !isSettled(errand)) return
  await tellAgent(ports, record, { kind: 'receipt', event, what: 'clicked', at: ports.now() })
}

/** The question has its answer, or has ended without one. */
function isSettled(errand: Errand): boolean {
  return errand.type === 'done' || (errand.type === 'refused' && [404, 409, 410].includes(errand.status))
}

/** For the page that opens now: on iOS a message to an app that was just started may get lost. */
async function leaveClick(ports: Ports, { event, url }: ClickMessage): Promise<void> {
  const click = { event, url, at: ports.now() }
  await within(ports, STORE_MS, () => ports.box.change('click', () => click), undefined)
}
