import type { EcEvent } from '../../../core/event.ts'

/** An event on its way to an outlet. */
export interface Shipment {
  readonly event: EcEvent
  /** The same as JSON text. */
  readonly json: string
  /** From 1. */
  readonly attempt: number
}
