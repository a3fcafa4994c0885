import type { Account } from '../../core/account.ts'
import type { AccountContext } from './context.ts'

/** One step of setting a service up, at the service. May be done again safely. */
export interface SetupStep {
  readonly id: string
  /** What it is for, as an imperative: `create the topic gmail-push`. */
  title(plan: SetupPlan): string
  /** Whether it is needed for this plan at all. */
  applies(plan: SetupPlan): boolean
  /** `done` when nothing is to be done; else why not yet. Changes nothing. */
  check(ctx: AccountContext, plan: SetupPlan): Promise<SetupState>
  /** What it found or made, kept with the account's settings. */
  do(ctx: AccountContext, plan: SetupPlan): Promise<Readonly<Record<string, string>>>
  /** Takes back what `do` made, and nothing that was there before. The settings that hold no more. */
  undo?(ctx: AccountContext, plan: SetupPlan): Promise<readonly string[]>
}

export type SetupState =
  | { readonly state: 'done' }
  | { readonly state: 'todo'; readonly why: string }
  /** Only a person can, in the service's console; the next step in words, with the address where. */
  | { readonly state: 'manual'; readonly why: string; readonly next: string }

/** What is wanted; names of things are chosen once and stay. */
export interface SetupPlan {
  readonly account: Account
  /** The account's settings, what the person gave, and `client_id`, the OAuth client that it is signed in with. */
  readonly settings: Readonly<Record<string, string>>
  /** Null = no webhook reaches us, and streams are pulled. */
  readonly publicUrl: string | null
  /** Where webhooks of this provider reach us that are for many resources at once; null without a public URL. */
  readonly webhookUrl: (provider: string) => string | null
}
