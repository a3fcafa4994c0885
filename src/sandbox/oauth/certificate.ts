import { createPublicKey, sign, type KeyObject } from 'node:crypto'

const YEAR_MS = 366 * 86_400_000

/** A certificate (X.509 v3, PEM) of a key for itself, valid from a day before `now` for a year; a reader takes the key out of it. */
export function makeCertificate(privateKey: KeyObject, name: string, now: number): string {
  const algorithm = seq(oid(SHA256_WITH_RSA), tlv(0x05, Buffer.alloc(0)))
  const subject = seq(tlv(0x31, seq(oid(COMMON_NAME), tlv(0x0c, Buffer.from(name)))))
  const validity = seq(time(now - YEAR_MS / 366), time(now + YEAR_MS))
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  const version = tlv(0xa0, tlv(0x02, Buffer.from([2])))
  const serial = tlv(0x02, Buffer.from([1]))
  const body = seq(version, serial, algorithm, subject, validity, subject, publicKey)
  const signature = tlv(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]))
  const text = seq(body, algorithm, signature).toString('base64')
  const lines = text.match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

/** 1.2.840.113549.1.1.11 and 2.5.4.3, as DER writes them. */
const SHA256_WITH_RSA = Buffer.from('2a864886f70d01010b', 'hex')
const COMMON_NAME = Buffer.from('550403', 'hex')

function seq(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts))
}

function oid(bytes: Buffer): Buffer {
  return tlv(0x06, bytes)
}

function time(at: number): Buffer {
  const digits = new Date(at).toISOString().slice(0, 19).replace(/[-:T]/g, '')
  return tlv(0x18, Buffer.from(`${digits}Z`))
}

function tlv(tag: number, value: Buffer): Buffer {
  const { length } = value
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), value])
  const size = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), value])
}
