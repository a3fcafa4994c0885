/** How a provider proves its requests, where that differs from an HMAC of the body in hex. */
export interface ProofTraits {
  /** The proof covers every byte of the body. */
  readonly coversBody: boolean
  /** The proof stands in a header, which can be missing. */
  readonly inHeader: boolean
  /** The header is compared as it is, so that every other value is wrong. */
  readonly exact: boolean
  /** A header that is a secret by itself, so that it is not kept: who has it can send in the service's name. */
  readonly bearer?: string
}

export const HMAC_OF_BODY: ProofTraits = { coversBody: true, inHeader: true, exact: true }
