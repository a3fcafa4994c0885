import type { Suggestion } from '../../cli/completion/suggestion.ts'
import type { Completes } from '../../cli/flags.ts'
import type { EcClient } from '../../client.ts'
import { BUILT_IN_TYPES } from '../../core/event.ts'
import { FEATURES } from '../../core/features.ts'
import { JOB_KINDS } from '../../core/job.ts'
import { SAMPLES } from '../../core/samples.ts'
import type { CommandContext } from '../context.ts'

/** The newest are the ones that are meant; more would only fill the screen. */
const PAGE = { limit: 50 } as const

/**
 * What a word can name: some of it known here, the rest asked of the agent of this machine through the operator's socket
 * until `signal` aborts. Without an agent there is only what is known here. An agent elsewhere is never asked: a key press
 * sends nothing over a network.
 */
export async function suggest(
  context: CommandContext,
  completes: Completes,
  args: readonly string[],
  signal: AbortSignal,
): Promise<readonly Suggestion[]> {
  switch (completes) {
    case 'event type':
      return [
        ...BUILT_IN_TYPES.map(type => ({ value: type, description: SAMPLES[type].title.replace(/^Test: /, '') })),
        ...(await ask(async client => {
          const { events } = await client.events.list(PAGE)
          return events.toReversed().map(({ type, title }) => ({ value: type, description: title }))
        })),
      ]
    case 'event':
      return ask(async client => {
        const { events } = await client.events.list(PAGE)
        return events.toReversed().map(({ id, type, title }) => ({ value: id, description: `${type} ${title}` }))
      })
    case 'service':
      return ask(async client => {
        const { events } = await client.events.list(PAGE)
        return events.flatMap(({ service }) => (service === undefined ? [] : [{ value: service, description: '' }]))
      })
    case 'resource':
      return ask(async client => {
        const { resources } = await client.resources.list({ limit: 200 })
        return resources.map(({ id, provider, name }) => ({ value: id, description: `${provider} ${name}` }))
      })
    case 'subscription':
      return ask(async client => {
        const { subscriptions } = await client.subscriptions.list({ limit: 200 })
        return subscriptions
          .toReversed()
          .map(({ id, state, resource }) => ({ value: id, description: `${state} ${resource}` }))
      })
    case 'notification':
    case 'notification or file':
      return ask(async client => {
        const { notifications } = await client.notifications.list(PAGE)
        return notifications
          .toReversed()
          .map(({ id, provider, kind, state }) => ({ value: id, description: `${provider} ${kind} ${state}` }))
      })
    case 'job':
    case 'dead job':
      return ask(async client => {
        const { jobs } = await client.jobs.list(completes === 'job' ? PAGE : { ...PAGE, state: 'dead' })
        return jobs.toReversed().map(({ id, kind, state }) => ({ value: id, description: `${kind} ${state}` }))
      })
    case 'account':
      return ask(async client => {
        const { accounts } = await client.accounts.list({ limit: 200 })
        return accounts.map(({ id, family, address }) => ({ value: id, description: `${family} ${address}` }))
      })
    case 'key':
      return ask(async client => {
        const { keys } = await client.keys.list()
        return keys.flatMap(({ id, name, revoked_at }) =>
          revoked_at === null ? [{ value: id, description: name }] : [],
        )
      })
    case 'device':
      return ask(async client => {
        const { devices } = await client.push.devices({ limit: 200 })
        return devices.map(({ id, user, name }) => ({ value: id, description: `${user} ${name ?? ''}`.trim() }))
      })
    case 'cache key':
      return ask(async client => {
        const { entries } = await client.cache.list()
        return entries.map(({ key }) => ({ value: key, description: '' }))
      })
    case 'suppressed address':
      return ask(async client => {
        const { suppressed } = await client.email.suppressed({ limit: 200 })
        return suppressed.map(({ address, reason }) => ({ value: address, description: reason }))
      })
    case 'outlet':
      return ask(async client => {
        const { channels } = await client.channels.list()
        return channels
          .filter(({ name, channel }) => name !== channel)
          .map(({ name, channel, state }) => ({ value: name, description: `${channel} ${state}` }))
      })
    case 'user':
      return ask(async client => {
        const { users } = await client.users.list({ limit: 200 })
        return users.map(({ id, name }) => ({ value: id, description: name ?? '' }))
      })
    case 'provider':
      return suggestProviders()
    case 'provider setting':
      return suggestSettings(args[0] ?? '')
    case 'resource setting':
      return ask(async client => suggestSettings((await client.resources.get(args[0] ?? '')).provider))
    case 'question':
      return ask(async client => {
        const { questions } = await client.questions.list({ ...PAGE, state: 'open' })
        return questions.toReversed().map(({ id, title }) => ({ value: id, description: title }))
      })
    case 'question option':
      return ask(async client => {
        const { options } = await client.questions.get(args[0] ?? '')
        return options.map(({ id, label }) => ({ value: id, description: label === id ? '' : label }))
      })
    case 'feature':
      return FEATURES.map(plain)
    case 'job kind':
      return JOB_KINDS.map(plain)
    case 'time zone':
      return Intl.supportedValuesOf('timeZone').map(plain)
    case 'file':
    case 'folder':
      // The shell knows them better.
      return []
    default:
      return completes satisfies never
  }

  async function ask(question: (client: EcClient) => Promise<readonly Suggestion[]>): Promise<readonly Suggestion[]> {
    if (context.remote) return []
    try {
      return await question(await context.connect(signal))
    } catch {
      return []
    }
  }
}

async function suggestProviders(): Promise<readonly Suggestion[]> {
  const { PROVIDERS } = await import('../../providers/index.ts')
  return Object.entries(PROVIDERS).map(([id, { title }]) => ({ value: id, description: title }))
}

async function suggestSettings(provider: string): Promise<readonly Suggestion[]> {
  const { loadProvider } = await import('../../providers/index.ts')
  const { receiver } = await loadProvider(provider)
  const settings = { ...receiver?.settings, ...receiver?.secretSettings }
  return Object.entries(settings).map(([name, description]) => ({ value: `${name}=`, description }))
}

function plain(value: string): Suggestion {
  return { value, description: '' }
}
