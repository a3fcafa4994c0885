import { parseDuration } from '../../core/duration.ts'
import type { Mail } from './mailbox.ts'

/** Whether a message fits a search: the operators that programs use, and plain words. All of them have to fit. */
export function fitsSearch(mail: Mail, search: string, now: number): boolean {
  const terms = search.match(/[^\s"]*"[^"]*"|\S+/g) ?? []
  return terms.every(term => {
    const isNot = term.startsWith('-')
    return fitsTerm(mail, (isNot ? term.slice(1) : term).replaceAll('"', ''), now) !== isNot
  })
}

function fitsTerm(mail: Mail, term: string, now: number): boolean {
  const [, operator = '', value = ''] = /^(\w+):(.*)$/.exec(term) ?? []
  const wanted = value.toLowerCase()
  const has = (label: string): boolean => mail.labelIds.includes(label.toUpperCase())
  switch (operator.toLowerCase()) {
    case 'in':
    case 'label':
      return wanted === 'anywhere' || has(wanted)
    case 'is':
      return wanted === 'read' ? !has('UNREAD') : has(wanted)
    case 'from':
    case 'to':
    case 'subject':
    case 'cc':
      return headerOf(mail, operator).toLowerCase().includes(wanted)
    case 'rfc822msgid':
      return headerOf(mail, 'message-id').replace(/[<>]/g, '') === value.replace(/[<>]/g, '')
    case 'after':
    case 'newer':
      return mail.receivedAt >= dateOf(value)
    case 'before':
    case 'older':
      return mail.receivedAt < dateOf(value)
    case 'newer_than':
      return mail.receivedAt >= now - lengthOf(value)
    case 'older_than':
      return mail.receivedAt < now - lengthOf(value)
    default: {
      const text = [headerOf(mail, 'subject'), headerOf(mail, 'from'), mail.text].join('\n')
      return text.toLowerCase().includes(term.toLowerCase())
    }
  }
}

export function headerOf({ headers }: Pick<Mail, 'headers'>, wanted: string): string {
  return headers.find(({ name }) => name.toLowerCase() === wanted.toLowerCase())?.value ?? ''
}

/** Seconds since 1970, or a day as 2026/01/05. */
function dateOf(text: string): number {
  return /^\d{6,}$/.test(text) ? Number(text) * 1000 : Date.parse(`${text.replaceAll('/', '-')}T00:00:00Z`)
}

/** 2d, 3m (months), 1y. */
function lengthOf(text: string): number {
  const [, count = '0', unit = 'd'] = /^(\d+)([dmyh])$/.exec(text) ?? []
  const day = parseDuration('1d') ?? 0
  return (
    Number(count) *
    { d: day, m: 30 * day, y: 365 * day, h: day / 24 }[unit === 'm' || unit === 'y' || unit === 'h' ? unit : 'd']
  )
}
