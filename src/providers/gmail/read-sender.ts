/** Who wrote a mail, as its From says (RFC 5322, 3.4); '' for what it does not say. Total. */
export interface MailSender {
  readonly name: string
  readonly address: string
}

export function readSender(from: string): MailSender {
  const text = from.slice(0, MAX_FROM)
  const [, phrase = '', address = ''] = /^(.*)<([^<>]*)>[^<>]*$/s.exec(text) ?? []
  if (address !== '') return { name: unquote(phrase), address: address.trim() }
  return { name: '', address: text.trim() }
}

const MAX_FROM = 1_000

function unquote(phrase: string): string {
  const [, quoted] = /^"(.*)"$/s.exec(phrase.trim()) ?? []
  return quoted === undefined ? phrase.trim() : quoted.replace(/\\(.)/gs, '$1').trim()
}
