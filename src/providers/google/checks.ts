import { judge, type CheckResult } from '../../core/check.ts'
import type { CheckCode } from '../../core/check-codes.ts'
import { ERROR_CODES } from '../../core/error-codes.ts'
import { EcError, toEcError } from '../../core/errors.ts'
import { judgeClock } from '../../core/judge-clock.ts'
import { peekString } from '../../core/peek.ts'
import type { AccountContext } from '../provider.ts'
import { googleUrls } from './google-urls.ts'
import { CALENDAR_SCOPE, GMAIL_SCOPE, nameScope, PUBSUB_SCOPE } from './scopes.ts'
import { API_STEPS } from './setup/api-steps.ts'
import { findThing } from './setup/find-thing.ts'
import { isGranted } from './setup/grant.ts'
import { GMAIL_PUBLISHER } from './setup/topic-steps.ts'

/** What an account of Google lacks, asked of Google: its consent, its rights, the APIs, the way of its mail, and the time. */
export async function checkGoogle(ctx: AccountContext): Promise<readonly CheckResult[]> {
  if (ctx.account.state !== 'ok') {
    return [signedOut(ctx, ERROR_CODES[ctx.account.reason ?? 'EC_ACCOUNT_SIGNED_OUT'].title)]
  }
  const [token, clock] = await checkToken(ctx)
  if (token.status !== 'ok') return [token, ...clock]
  return [token, ...clock, checkScopes(ctx), await checkApis(ctx), ...(await checkWay(ctx))]
}

function signedOut({ account: { address } }: AccountContext, why: string, hint = signInAs(address)): CheckResult {
  const told = `${address}: ${why}; nothing is asked of Google until it has signed in again`
  return judge('google.token.expired', 'fail', told, hint)
}

function signInAs(address: string): string {
  return `sign in again: ${setUpAs(address)}`
}

function setUpAs(address: string): string {
  return `\`ec setup google --account ${address}\``
}

function setUpAgain(address: string): string {
  return `run ${setUpAs(address)} again`
}

/** One request that every consent allows; its answer tells the time too. */
async function checkToken(ctx: AccountContext): Promise<readonly [CheckResult, readonly CheckResult[]]> {
  const { account, clock, endpoints } = ctx
  const { userinfo } = googleUrls(endpoints)
  const askedAt = clock.now()
  try {
    const response = await ctx.fetchFor('userinfo.get')(userinfo, { signal: ctx.signal })
    const answeredAt = clock.now()
    await response.body?.cancel()
    const { host } = new URL(userinfo)
    const seen = judgeClock({ date: response.headers.get('date'), askedAt, answeredAt, host })
    if (response.ok) return [judge('google.token.expired', 'ok', account.address), [seen]]
    const said = `${account.address}: Google answers ${response.status}`
    return [
      judge('google.token.expired', response.status === 401 ? 'fail' : 'warn', said, signInAs(account.address)),
      [seen],
    ]
  } catch (thrown) {
    const { code, message, hint } = toEcError(thrown)
    if (code === 'EC_ACCOUNT_SIGNED_OUT') return [signedOut(ctx, message, hint), []]
    return [judge('google.token.expired', 'warn', `${account.address}: ${message}`, hint), []]
  }
}

function checkScopes({ account }: AccountContext): CheckResult {
  const { scopes, settings, address } = account
  const pulls = settings['delivery'] === 'pull' && settings['shared'] === undefined
  const needed = pulls ? [PUBSUB_SCOPE, GMAIL_SCOPE] : []
  const missing = needed.filter(scope => !scopes.includes(scope))
  const hasAny = scopes.includes(CALENDAR_SCOPE) || scopes.includes(GMAIL_SCOPE)
  if (hasAny && missing.length === 0) return judge('google.scopes', 'ok', address)
  const what = hasAny ? missing.map(nameScope).join(', ') : 'see your calendars, or read your mail'
  return judge(
    'google.scopes',
    'fail',
    `${address} does not allow: ${what}`,
    `run ${setUpAs(address)}, and tick every box`,
  )
}

async function checkApis(ctx: AccountContext): Promise<CheckResult> {
  const plan = { account: ctx.account, settings: ctx.account.settings, publicUrl: null, webhookUrl: () => null }
  for (const step of API_STEPS.filter(one => one.applies(plan))) {
    const error = await errorOf(() => step.check(ctx, plan))
    if (error !== null) return refused('google.api', ctx, error)
  }
  return judge('google.api', 'ok', ctx.account.address)
}

/** Whether Gmail may publish, and whether what it publishes gets here. */
async function checkWay(ctx: AccountContext): Promise<readonly CheckResult[]> {
  const { address, scopes, settings } = ctx.account
  const { topic, subscription, shared } = settings
  if (!scopes.includes(GMAIL_SCOPE) || shared !== undefined) return []
  if (topic === undefined || subscription === undefined) {
    return [
      judge(
        'google.topic',
        'warn',
        `${address}: mail is not announced, so it is read every few minutes`,
        setUpAgain(address),
      ),
    ]
  }
  return [await checkTopic(ctx, topic), await checkSubscription(ctx, topic, subscription)]
}

async function checkTopic(ctx: AccountContext, topic: string): Promise<CheckResult> {
  const { address } = ctx.account
  const role = 'roles/pubsub.publisher'
  try {
    if ((await findThing(ctx, 'topics', topic)) === null) {
      return judge('google.topic', 'fail', `${address}: ${topic} is not there`, setUpAgain(address))
    }
    const mayPublish = await isGranted(ctx, { kind: 'topics', name: topic, role, member: GMAIL_PUBLISHER })
    if (mayPublish) return judge('google.topic', 'ok', topic)
    return judge('google.topic', 'fail', `${address}: Gmail may not publish to ${topic}`, setUpAgain(address))
  } catch (error) {
    return refused('google.topic', ctx, toEcError(error))
  }
}

async function checkSubscription(ctx: AccountContext, topic: string, subscription: string): Promise<CheckResult> {
  const { address } = ctx.account
  try {
    const found = await findThing(ctx, 'subscriptions', subscription)
    if (found === null)
      return judge('google.subscription', 'fail', `${address}: ${subscription} is not there`, setUpAgain(address))
    if (peekString(found, 'topic') !== topic) {
      return judge(
        'google.subscription',
        'fail',
        `${address}: ${subscription} is one of another topic`,
        setUpAgain(address),
      )
    }
    const ttl = peekString(found, 'expirationPolicy', 'ttl')
    if (ttl === '') return judge('google.subscription', 'ok', subscription)
    return judge(
      'google.subscription',
      'warn',
      `${address}: ${subscription} goes by itself when it is not used for ${ttl}`,
      setUpAgain(address),
    )
  } catch (error) {
    return refused('google.subscription', ctx, toEcError(error))
  }
}

/** What a person has to mend fails; what may pass warns. */
function refused(code: CheckCode, { account }: AccountContext, error: EcError): CheckResult {
  const passes = error.category === 'unreachable' || error.code === 'EC_RATE_LIMITED'
  return judge(code, passes ? 'warn' : 'fail', `${account.address}: ${error.message}`, error.hint)
}

async function errorOf(work: () => Promise<unknown>): Promise<EcError | null> {
  try {
    await work()
    return null
  } catch (thrown) {
    return toEcError(thrown)
  }
}
