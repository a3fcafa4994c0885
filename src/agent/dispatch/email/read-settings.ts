import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Config } from '../../../core/config.ts'
import { readSender, type Sender } from '../../../core/sender.ts'
import { readSmtpUrl, type SmtpServer } from '../../../core/smtp-server.ts'
import type { DkimKey } from './smtp-sender.ts'

/** What the configuration says of mail, read as far as it can be. */
export interface EmailSettings {
  /** Null = no mail goes out. */
  readonly server: SmtpServer | null
  /** Null = nobody said whom mail comes from, and nothing can stand in. */
  readonly from: Sender | null
  readonly dkim: DkimKey | null
  /** What is wrong with the signing; mail goes out unsigned then, which is better than not at all. */
  readonly dkimFault: string | null
  readonly templates: string | null
}

export function readEmailSettings({ smtp, email }: Pick<Config, 'smtp' | 'email'>): EmailSettings {
  const server = smtp.url === null ? null : readSmtpUrl(smtp.url)
  const from = smtp.from === null ? senderOf(server) : readSender(smtp.from)
  const signing = readDkim(email.dkim)
  const isFault = typeof signing === 'string'
  return {
    server,
    from,
    dkim: isFault ? null : signing,
    dkimFault: isFault ? signing : null,
    templates: email.templates,
  }
}

/** Without `smtp.from`: the name that we log in with when it is an address; a mail server on this machine takes any. */
function senderOf(server: SmtpServer | null): Sender | null {
  if (server === null) return null
  const login = server.login === null ? null : readSender(server.login.user)
  return login ?? (server.isLocal ? readSender('EventCenter <ec@localhost>') : null)
}

/** The key; null when nobody asked for signing; else what is wrong. */
function readDkim({ domain, selector, key_file }: Config['email']['dkim']): DkimKey | string | null {
  if (domain === null && selector === null && key_file === null) return null
  if (domain === null || selector === null || key_file === null) {
    const missing = Object.entries({ domain, selector, key_file }).flatMap(([name, value]) =>
      value === null ? [`email.dkim.${name}`] : [],
    )
    return `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing`
  }
  try {
    const privateKey = readFileSync(key_file, 'utf8')
    return keyFault(createPrivateKey(privateKey)) ?? { domain, selector, privateKey }
  } catch (error) {
    return `${key_file} cannot be read as a private key: ${error instanceof Error ? error.message : String(error)}`
  }
}

const MIN_BITS = 1024

/** RFC 8301: receivers pass over signatures of shorter keys. */
function keyFault({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | null {
  if (asymmetricKeyType !== 'rsa') return `the key is ${asymmetricKeyType}; mail is signed with RSA`
  const bits = asymmetricKeyDetails?.modulusLength ?? 0
  return bits < MIN_BITS ? `the key has ${bits} bits, and receivers ask for ${MIN_BITS}` : null
}
