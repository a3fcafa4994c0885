import type { AgentRecord } from '../shared/agent-record.ts'
import type { AnswerParcel } from '../shared/outbox.ts'
import type { Errand } from './errand.ts'
import type { Notice, NoticeData } from './notice.ts'
import type { Ports } from './ports.ts'
import { wordsIn, type Words } from './words.ts'

/** What a person is told of an answer that did not count, or not yet; null for one that did. Pure. */
export function noticeOfAnswer(
  errand: Errand,
  parcel: AnswerParcel,
  label: (option: string) => string,
  record: AgentRecord | null,
  { language }: Pick<Ports, 'language'>,
): Notice | null {
  if (errand.type === 'done') return null
  const words = wordsIn(parcel.lang, record?.lang, language)
  const { title, body } = tell(errand, label, words)
  const { event, url, question, lang } = parcel
  const data: NoticeData = { id: event, url, question: null, options: [], lang }
  return {
    title,
    options: {
      body,
      tag: `ec-answer:${question}`,
      dir: 'auto',
      ...(record === null
        ? {}
        : { icon: `${record.base}/icons/icon-192.png`, badge: `${record.base}/icons/badge-96.png` }),
      renotify: errand.type === 'refused',
      data: { id: null, ec: data },
    },
  }
}

function tell(errand: Exclude<Errand, { type: 'done' }>, label: (option: string) => string, words: Words) {
  if (errand.type === 'later') return { title: words.waiting, body: words.waitingBody }
  const { status, winner } = errand
  if (status === 409) {
    return { title: winner === null ? words.answeredElsewhere : words.answered(label(winner)), body: words.openToSee }
  }
  if (status === 410 || status === 404) return { title: words.ended, body: words.openToSee }
  return { title: words.notSent, body: words.openToAnswer }
}
