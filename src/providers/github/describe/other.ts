import { isRecord, peekExcerpt, peekInteger, peekLine, peekString } from '../../../core/peek.ts'
import type { Delivery, Draft } from '../draft.ts'
import { capitalised, inWords, quoted } from '../words.ts'

/** A readable sentence about a kind that nobody here has heard of, from what most payloads have in common. */
export function describeOther(delivery: Delivery): Draft {
  const { kind, action, where, payload } = delivery
  const actor = peekLine(payload, 'sender', 'login')
  const subject = findSubject(payload, kind)
  const number = peekInteger(subject, 'number')
  const name = `${number === null ? '' : ` #${number}`}${quoted(titleOf(subject))}`
  const by = actor === '' ? '' : ` by ${actor}`
  return {
    title: `${capitalised(inWords(kind))}${name}: ${inWords(action) || 'reported'}${by}${where}`,
    body: peekExcerpt(subject, 'body') || peekExcerpt(subject, 'description') || titleOf(subject),
    url: peekString(subject, 'html_url'),
    data: { number },
  }
}

/** `issue_dependency` is about `issue_dependency`, or else `dependency`, `issue` or the first thing with a page. */
function findSubject(payload: Delivery['payload'], kind: string): unknown {
  const words = kind.split('_')
  const named = [kind, words.slice(1).join('_'), words.at(-1) ?? '', words[0] ?? ''].find(
    name => Object.hasOwn(payload, name) && isRecord(payload[name]),
  )
  if (named !== undefined) return payload[named]
  const others = Object.entries(payload).filter(([name]) => !COMMON.has(name))
  return others.find(([, value]) => peekString(value, 'html_url') !== '')?.[1]
}

/** Parts of nearly every payload, which are the subject of none. */
const COMMON: ReadonlySet<string> = new Set(['repository', 'organization', 'sender', 'installation', 'enterprise'])

function titleOf(subject: unknown): string {
  return peekLine(subject, 'title') || peekLine(subject, 'name')
}
