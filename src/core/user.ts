/** A person. A user exists from the first time an event, a resource or a token names it. */
export interface User {
  readonly id: string
  readonly name: string | null
  readonly email: string | null
  /** IANA time zone, as Europe/Madrid. */
  readonly tz: string | null
  /** BCP 47 language tag. */
  readonly lang: string | null
  readonly createdAt: number
}
