import type { Accounts } from './accounts.ts'
import type { CalendarService } from './calendar/calendar-service.ts'
import type { GmailService } from './gmail/gmail-service.ts'
import type { Grants } from './oauth/grants.ts'
import type { SigningKeys } from './oauth/signing-keys.ts'
import type { PubSubService } from './pubsub/pubsub-service.ts'

/** Every service of the sandbox, for those who work from behind. */
export interface Services {
  readonly accounts: Accounts
  readonly calendar: CalendarService
  readonly gmail: GmailService
  readonly pubsub: PubSubService
  readonly grants: Grants
  readonly keys: SigningKeys
}
