import { createECDH } from 'node:crypto'
import type { PushAddress } from '../../../core/device.ts'
import type { EndpointGuard } from './endpoint-guard.ts'

/** What is wrong with a field of a subscription, in the words of a problem document. */
export interface AddressProblem {
  readonly path: 'endpoint' | 'keys.p256dh' | 'keys.auth'
  readonly message: string
}

const BASE64URL = /^[A-Za-z0-9_-]+$/

/** What keeps an address from being sent to; nothing = it can be. A key is tried, not only measured. */
export function checkAddress(address: PushAddress, guard: EndpointGuard): readonly AddressProblem[] {
  const verdict = guard.judge(address.endpoint)
  return [
    ...(verdict.ok ? [] : [{ path: 'endpoint', message: verdict.reason } as const]),
    ...(isPoint(address.p256dh)
      ? []
      : [{ path: 'keys.p256dh', message: 'takes a public key of P-256, 65 bytes in base64url' } as const]),
    ...(BASE64URL.test(address.auth) && Buffer.from(address.auth, 'base64url').length === 16
      ? []
      : [{ path: 'keys.auth', message: 'takes 16 bytes in base64url' } as const]),
  ]
}

function isPoint(text: string): boolean {
  const bytes = Buffer.from(text, 'base64url')
  if (!BASE64URL.test(text) || bytes.length !== 65 || bytes[0] !== 4) return false
  const pair = createECDH('prime256v1')
  pair.generateKeys()
  try {
    pair.computeSecret(bytes)
    return true
  } catch {
    return false
  }
}
