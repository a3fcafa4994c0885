/** The mail server that takes our mail, as `smtp.url` names it. */
export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** TLS from the first byte (`smtps://`); otherwise STARTTLS when the server has it. */
  readonly secure: boolean
  readonly login: { readonly user: string; readonly password: string } | null
  /** On this machine: nobody can listen in, and nobody issues certificates for it. */
  readonly isLocal: boolean
}

const LOCAL = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** Reads `smtp://user:password@host:587` or `smtps://...`; null for anything else. */
export function readSmtpUrl(text: string): SmtpServer | null {
  if (!/^smtps?:\/\//i.test(text) || !URL.canParse(text)) return null
  const url = new URL(text)
  if (url.hostname === '' || !['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') return null
  const secure = url.protocol === 'smtps:'
  const user = decode(url.username)
  const password = decode(url.password)
  if (user === null || password === null) return null
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    login: user === '' && password === '' ? null : { user, password },
    isLocal: LOCAL.test(url.hostname),
  }
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
