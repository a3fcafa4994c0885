import type { Family } from '../provider.ts'
import { checkGoogle } from './checks.ts'
import { googleSetup } from './setup.ts'
import { googleSignIn } from './sign-in.ts'

/** Google: one sign-in for calendars and mail. */
export const google: Family = {
  id: 'google',
  title: 'Google',
  providers: ['google-calendar', 'gmail'],
  tokenHosts: ['.googleapis.com'],
  signIn: googleSignIn,
  setup: googleSetup,
  checks: checkGoogle,
}
