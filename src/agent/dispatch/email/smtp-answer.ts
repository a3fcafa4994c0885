/** What a mail server said to one mail, or why it said nothing. */
export type SmtpAnswer =
  | { readonly type: 'accepted'; readonly code: number; readonly text: string }
  | {
      readonly type: 'refused'
      readonly code: number
      /** Enhanced status code (RFC 3463), as `5.1.1`; null when the server gave none. */
      readonly enhanced: string | null
      readonly stage: SmtpStage
      /** The beginning of what it said, one line. */
      readonly text: string
    }
  | { readonly type: 'failed'; readonly failure: SmtpFailure; readonly detail: string }

/** What we were saying when it refused. */
export type SmtpStage = 'greeting' | 'login' | 'sender' | 'recipient' | 'content'

/** No connection, no such host, a cut, silence, TLS that fails, a login it has no way for, the agent that stops. */
export type SmtpFailure = 'connect' | 'dns' | 'cut' | 'deadline' | 'tls' | 'login' | 'aborted' | 'unsendable'
