import { ACCOUNTS_COMMANDS } from './cli/table/accounts.ts'
import { CHANNELS_COMMANDS } from './cli/table/channels.ts'
import { DAEMON_COMMANDS } from './cli/table/daemon.ts'
import { EMAIL_COMMANDS } from './cli/table/email.ts'
import { EVENTS_COMMANDS } from './cli/table/events.ts'
import { HOUSE_COMMANDS } from './cli/table/house.ts'
import { PEOPLE_COMMANDS } from './cli/table/people.ts'
import { QUESTIONS_COMMANDS } from './cli/table/questions.ts'
import { PREFERENCES_COMMANDS } from './cli/table/preferences.ts'
import { SANDBOX_COMMANDS } from './cli/table/sandbox.ts'
import { SELF_COMMANDS } from './cli/table/self.ts'
import { SYNC_COMMANDS } from './cli/table/sync.ts'
import { WEBHOOKS_COMMANDS } from './cli/table/webhooks.ts'
import type { Table } from './cli/help.ts'

/** Every command with its flags and the code that it runs, which is loaded only when it runs. */
export const COMMAND_TABLE: Table = {
  groups: {
    events: 'see events, and say what you did with them',
    questions: 'what people are asked, and what they said',
    notifications: 'see what providers sent',
    resources: 'the repositories, calendars and mailboxes that are watched',
    accounts: 'who is signed in where',
    subscriptions: 'what providers were asked to tell us of',
    cache: 'answers that are kept for a while',
    users: 'the people that events are for',
    prefs: 'what a person wants to hear of, when and on which channel',
    devices: 'the browsers that take pushes',
    email: 'how mail looks, and whom it does not reach',
    channels: 'the ways that events go, and the commands and webhooks among them',
    keys: 'keys for services',
    setup: 'what a service or a channel needs before it works',
    jobs: 'work that waits, runs or failed',
    config: 'the configuration and where it comes from',
    sandbox: "stand-ins of Google's services on this machine, and what happens there",
    features: 'switch parts on and off while the agent runs',
  },
  commands: {
    ...DAEMON_COMMANDS,
    ...EVENTS_COMMANDS,
    ...QUESTIONS_COMMANDS,
    ...WEBHOOKS_COMMANDS,
    ...ACCOUNTS_COMMANDS,
    ...SYNC_COMMANDS,
    ...PEOPLE_COMMANDS,
    ...EMAIL_COMMANDS,
    ...PREFERENCES_COMMANDS,
    ...CHANNELS_COMMANDS,
    ...HOUSE_COMMANDS,
    ...SANDBOX_COMMANDS,
    ...SELF_COMMANDS,
  },
}
