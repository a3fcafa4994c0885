import type { JsonRecord } from '../../core/peek.ts'
import type { Mail } from './mailbox.ts'

export const FORMATS = ['minimal', 'full', 'metadata', 'raw'] as const
export type Format = (typeof FORMATS)[number]

/** A message as Gmail gives it; `wanted` are the headers of `metadata`, none = all. */
export function showMail(mail: Mail, format: Format, wanted: readonly string[] = []): JsonRecord {
  const { id, threadId, labelIds, receivedAt, historyId } = mail
  const raw = rawOf(mail)
  const base = {
    id,
    threadId,
    labelIds,
    snippet: snippetOf(mail.text),
    historyId: String(historyId),
    internalDate: String(receivedAt),
    sizeEstimate: Buffer.byteLength(raw),
  }
  switch (format) {
    case 'minimal':
      return base
    case 'raw':
      return { ...base, raw: Buffer.from(raw).toString('base64url') }
    case 'metadata': {
      const names = wanted.map(name => name.toLowerCase())
      const headers = mail.headers.filter(({ name }) => names.length === 0 || names.includes(name.toLowerCase()))
      return { ...base, payload: { mimeType: 'multipart/alternative', headers } }
    }
    case 'full':
      return { ...base, payload: payloadOf(mail) }
    default:
      return format satisfies never
  }
}

function payloadOf({ headers, text }: Mail): JsonRecord {
  const html = `<div dir="ltr">${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\n', '<br>')}</div>`
  return {
    partId: '',
    mimeType: 'multipart/alternative',
    filename: '',
    headers,
    body: { size: 0 },
    parts: [partOf('0', 'text/plain', text), partOf('1', 'text/html', html)],
  }
}

function partOf(partId: string, mimeType: string, text: string): JsonRecord {
  const headers = [{ name: 'Content-Type', value: `${mimeType}; charset="UTF-8"` }]
  const body = { size: Buffer.byteLength(text), data: Buffer.from(text).toString('base64url') }
  return { partId, mimeType, filename: '', headers, body }
}

function rawOf({ headers, text }: Mail): string {
  return [...headers.map(({ name, value }) => `${name}: ${value}`), '', text].join('\r\n')
}

function snippetOf(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, 180)
}

/** Headers and text of a message as it is written (RFC 5322), as far as drafts need it. */
export function readRaw(raw: string): Pick<Mail, 'headers' | 'text'> {
  const whole = Buffer.from(raw, 'base64url').toString('utf8')
  const [head = '', ...rest] = whole.split(/\r?\n\r?\n/)
  const lines = head.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)
  const headers = lines.flatMap(line => {
    const at = line.indexOf(':')
    return at <= 0 ? [] : [{ name: line.slice(0, at), value: line.slice(at + 1).trim() }]
  })
  return { headers, text: rest.join('\n\n') }
}
