import type { CheckResult } from '../../../core/check.ts'
import type { Door } from './door.ts'

export interface HealthApi {
  /** The proof that this agent is the one that made the nonce; null for any other nonce, and for one used before. */
  prove(nonce: string, door: Door): string | null
  /** `draining` answers 503. */
  read(): Promise<Health>
  /** Prometheus text and its content type. */
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>
}

export interface Health {
  readonly status: 'ok' | 'warn' | 'fail' | 'draining'
  readonly version: string
  readonly instance: string
  readonly uptime_s: number
  readonly checks: readonly CheckResult[]
}
