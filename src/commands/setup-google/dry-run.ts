import { loadFamily, loadProvider } from '../../providers/index.ts'
import type { CommandContext } from '../context.ts'

export interface DryRunInput {
  readonly user: string
  readonly providers: readonly string[]
  readonly project: string | null
  readonly clientId: string | null
  readonly serviceAccount: string | null
  readonly publicUrl: string | null
  readonly calendars: readonly string[] | null
}

/** Says what the setup would do, and what a person has to do before; asks neither an agent nor Google. */
export async function showPlan(context: CommandContext, input: DryRunInput): Promise<void> {
  const { output, json } = context
  const family = await loadFamily('google')
  const scopes = family.signIn.scopes(input.providers, true)
  const settings = {
    ...(input.project === null ? {} : { project: input.project }),
    ...(input.clientId === null ? {} : { client_id: input.clientId }),
    ...(input.serviceAccount === null ? {} : { service_account: input.serviceAccount }),
  }
  const { publicUrl } = input
  const plan = {
    account: imaginedAccount(input.user, scopes),
    settings,
    publicUrl,
    webhookUrl: (provider: string) => (publicUrl === null ? null : `${publicUrl}/webhook/${provider}`),
  }
  const steps = (family.setup ?? [])
    .filter(step => step.applies(plan))
    .map(step => ({ id: step.id, title: step.title(plan) }))
  const titles = await Promise.all(input.providers.map(async id => (await loadProvider(id)).title))
  const watched = [
    ...(input.providers.includes('google-calendar')
      ? [`calendars: ${(input.calendars ?? ['primary']).join(', ')}`]
      : []),
    ...(input.providers.includes('gmail') ? ['the inbox of the account'] : []),
  ]
  const before = [
    ...(input.clientId === null ? [CLIENT_STEP] : []),
    ...(input.providers.includes('gmail') && input.project === null ? ['say in which project: --project ID'] : []),
  ]
  if (json)
    return output.document({ dry_run: true, user: input.user, before, scopes, steps, watched, public_url: publicUrl })
  if (before.length > 0) output.prose(['Before that, you:', ...before.map(step => `  - ${step}`), ''])
  output.prose([
    `Sign an account in for ${input.user}, with your browser (${titles.join(', ')}), and ask for:`,
    ...scopes.map(scope => `  - ${scope}`),
    '',
    'At Google:',
    ...steps.map(({ title }) => `  - ${title}`),
    '',
    'Then watch:',
    ...watched.map(what => `  - ${what}`),
    '',
    ...wayOf(input),
  ])
  output.say('nothing was done')
}

const CLIENT_STEP =
  'make an OAuth client of the type "Desktop app" at https://console.cloud.google.com/auth/clients, and give its file by --client-file'

/** How changes will get here. */
function wayOf({ publicUrl, providers, serviceAccount }: DryRunInput): readonly string[] {
  const hasMail = providers.includes('gmail')
  if (publicUrl === null) {
    return [
      'No public URL is set: calendars are read every few minutes.',
      ...(hasMail ? ['Mail is announced by Pub/Sub, which is pulled from.'] : []),
    ]
  }
  const mail =
    serviceAccount === null ? 'Mail is announced by Pub/Sub, which is pulled from.' : 'Pub/Sub pushes there too.'
  return [`Google calls ${publicUrl} when a calendar changes.`, ...(hasMail ? [mail] : [])]
}

function imaginedAccount(userId: string, scopes: readonly string[]) {
  const common = { family: 'google', userId, address: '', scopes, settings: {}, createdAt: 0, grantedAt: 0 }
  return { ...common, id: 'ACCOUNT', state: 'ok', reason: null } as const
}
