import type { PushAnswer } from './answer.ts'
import type { Delivery } from './delivery-of.ts'
import type { EncryptionKeys } from './encrypt.ts'

/** A message for one device, before it is encrypted. */
export interface Letter extends Delivery {
  readonly url: URL
  /** The `Authorization` of the request. */
  readonly authorization: string
  readonly plaintext: Uint8Array
  readonly keys: EncryptionKeys
  /** Counted from 1, for the ledger. */
  readonly attempt: number
}

/** Brings letters to push services. */
export interface PushCarrier {
  /** One try. Settles within the sender's deadline; rejects only what cannot be encrypted. */
  carry(letter: Letter, signal: AbortSignal): Promise<PushAnswer>
  /** Ends what is under way as `aborted`, and so whatever comes after. */
  close(): Promise<void>
}
