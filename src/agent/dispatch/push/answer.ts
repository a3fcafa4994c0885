/** What a push service answered, or why there was no answer. */
export type PushAnswer =
  | {
      readonly type: 'answered'
      readonly status: number
      readonly retryAfter: string | null
      /** The beginning of the body, where Apple and Mozilla name the reason. */
      readonly text: string
    }
  | { readonly type: 'failed'; readonly failure: PushFailure }

/** No connection, a cut, silence, a session that ends, the agent that stops, an address that is not allowed. */
export type PushFailure = 'connect' | 'cut' | 'deadline' | 'refused_stream' | 'aborted' | 'address_refused'
