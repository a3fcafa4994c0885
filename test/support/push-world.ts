import { createClient, type DeviceRow, type EcClient, type NewEvent } from '#ec/client.js'
import { onTestFinished } from 'vitest'
import { spawnAgent } from './agent-process.js'
import type { PushEndpoint } from './push-endpoint.js'
import { openPushSite, type PushSite, type PushSiteOptions } from './push-site.js'
import { tempDir } from './temp-dir.js'
import { until } from './until.js'

export const USER = 'ann'
export const OTHER_USER = 'ben'

/** A real agent in a process of its own, that trusts a push service of the test's, and a site in front of it. */
export interface PushWorld {
  readonly client: EcClient
  readonly site: PushSite
  /** Of a user. */
  token(user: string): string
  /** Emits an event that goes out by push at once; resolves with its id. */
  emit(event?: Partial<NewEvent>): Promise<string>
  /** What the agent knows of an event, once it says what is asked for. */
  toldOf(event: string, ...sentences: readonly (string | RegExp)[]): Promise<readonly string[]>
  devices(user?: string): Promise<readonly DeviceRow[]>
}

export async function openPushWorld(
  service: PushEndpoint,
  options: Partial<PushSiteOptions> & { readonly signedInAs?: () => string; readonly origins?: readonly string[] } = {},
): Promise<PushWorld> {
  const { signedInAs = () => USER, origins = [], ...rest } = options
  const agent = spawnAgent({
    dataDir: tempDir(),
    env: {
      EC_PUSH_HOSTS: service.host,
      NODE_EXTRA_CA_CERTS: service.caFile,
      ...(origins.length === 0 ? {} : { EC_HTTP_ORIGINS: origins.join(',') }),
    },
  })
  onTestFinished(async () => void (await agent.kill()))
  const { socket, url } = await agent.ready
  const client = createClient({ socket })
  onTestFinished(() => client.close())
  await client.push.setUp('mailto:ops@example.org')
  const tokens = new Map<string, string>()
  for (const user of [USER, OTHER_USER]) tokens.set(user, (await client.tokens.create(user, 3_600_000)).token)
  const site = await openPushSite({ agentUrl: url, token: () => tokens.get(signedInAs()) ?? '', ...rest })

  return {
    client,
    site,
    token: user => tokens.get(user) ?? '',
    async emit(event = {}) {
      const { id } = await client.emit({
        user_id: USER,
        type: 'job.done',
        title: 'The report is ready',
        body: 'Ten pages.',
        cta: { label: 'Open', url: `${site.origin}/tasks/7` },
        ...event,
      })
      return id
    },
    toldOf: (id, ...sentences) =>
      until(
        async () => {
          const { sentences: told } = await client.events.trace(id, USER)
          return told
        },
        told =>
          sentences.every(wanted =>
            told.some(one => (typeof wanted === 'string' ? one.includes(wanted) : wanted.test(one))),
          ),
      ),
    devices: async (user = USER) => (await client.push.devices({ user })).devices,
  }
}
