import { z } from 'zod'
import { askGoogle } from '../ask-google.ts'
import { CALENDAR_SCOPE, GMAIL_SCOPE } from '../scopes.ts'
import type { AccountContext, SetupStep } from '../../provider.ts'

/** Whether the API of what was consented to is switched on in the project: only a person can do that. */
export const API_STEPS: readonly SetupStep[] = [
  apiStep({
    id: 'calendar-api',
    title: 'have the Google Calendar API enabled',
    scope: CALENDAR_SCOPE,
    ask: ctx => {
      const query = { maxResults: 1, fields: 'kind' }
      const path = '/calendar/v3/users/me/calendarList'
      return askGoogle(ctx, { operation: 'calendarList.list', method: 'GET', path, query }, z.unknown())
    },
  }),
  apiStep({
    id: 'gmail-api',
    title: 'have the Gmail API enabled',
    scope: GMAIL_SCOPE,
    ask: ctx => {
      const host = 'https://gmail.googleapis.com'
      const path = '/gmail/v1/users/me/profile'
      return askGoogle(ctx, { operation: 'getProfile', method: 'GET', path, host }, z.unknown())
    },
  }),
]

interface ApiStep {
  readonly id: string
  readonly title: string
  /** Whoever has it wants the API. */
  readonly scope: string
  /** `EC_API_DISABLED` when it is not. */
  ask(ctx: AccountContext): Promise<unknown>
}

function apiStep({ id, title, scope, ask }: ApiStep): SetupStep {
  return {
    id,
    title: () => title,
    applies: ({ account }) => account.scopes.includes(scope),
    async check(ctx) {
      await ask(ctx)
      return { state: 'done' }
    },
    async do(ctx) {
      await ask(ctx)
      return {}
    },
  }
}
