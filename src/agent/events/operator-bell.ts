import { toEcError } from '../../core/errors.ts'
import type { EventInput } from '../../core/event-schema.ts'
import type { Log } from '../../core/log.ts'
import type { Emitter } from './emitter.ts'

/** Tells the operator, once, of what nobody else can mend. */
export interface OperatorBell {
  /** The alert's id says what it is about: one of the same id is not told again. Never throws, waits for nobody. */
  ring(alert: EventInput & { readonly id: string }): void
}

/** Ids that are remembered, so that a thousand failures of one cause cost one question to the store. */
const REMEMBERED = 1_000

export function createOperatorBell(options: {
  readonly emitter: Pick<Emitter, 'emitOwn'>
  readonly log: Log
}): OperatorBell {
  const rung = new Set<string>()
  return {
    ring(alert) {
      if (rung.has(alert.id)) return
      if (rung.size >= REMEMBERED) rung.clear()
      rung.add(alert.id)
      options.emitter.emitOwn([alert]).catch((error: unknown) => {
        rung.delete(alert.id)
        options.log.error('the operator could not be told', { code: toEcError(error).code })
      })
    },
  }
}
