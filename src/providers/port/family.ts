import type { CheckResult } from '../../core/check.ts'
import type { AccountContext } from './context.ts'
import type { SetupStep } from './setup.ts'
import type { SignIn } from './sign-in.ts'

/** Signs accounts in, for one or several providers. */
export interface Family {
  readonly id: string
  readonly title: string
  /** The providers whose resources its accounts may have. */
  readonly providers: readonly string[]
  /** The service's own hosts, which its tokens may go to: `.x` = every host under x. Only by https. */
  readonly tokenHosts: readonly string[]
  readonly signIn: SignIn
  readonly setup?: readonly SetupStep[]
  checks?(ctx: AccountContext): Promise<readonly CheckResult[]>
}
