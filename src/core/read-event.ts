import type { EcEvent } from './event.ts'
import { onceFor } from './once-for.ts'

/** The event that a row or an item holds as text; whoever asks for the same one shares it. */
export const readEvent = onceFor(({ json }: { readonly json: string }): EcEvent => JSON.parse(json))
