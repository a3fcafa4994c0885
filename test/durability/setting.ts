import { z } from 'zod'
import { ask, type Door } from './operator.ts'
import type { Target } from './parcel.ts'

/** What traffic needs before it can flow: places to send to, and the right to. */
export interface Setting {
  readonly users: readonly [string, ...string[]]
  readonly targets: readonly [Target, ...Target[]]
  /** May emit. */
  readonly serviceKey: string
  /** By user. */
  readonly tokens: ReadonlyMap<string, string>
  readonly epoch: string
}

const USERS = ['ana', 'ben', 'cleo', 'dai'] as const
const RESOURCES_PER_USER = 2

const madeResource = z.object({ id: z.string(), secret: z.string() })

/** Sets up a fresh agent as its operator would. */
export async function prepareSetting(operator: Door): Promise<Setting> {
  const targets: Target[] = []
  const tokens = new Map<string, string>()
  for (const user of USERS) {
    for (let n = 0; n < RESOURCES_PER_USER; n++) {
      const { id, secret } = madeResource.parse(
        await ask(operator, 'POST', '/api/resources', { provider: 'github', user }),
      )
      targets.push({ path: `/webhooks/github/${id}`, user, secret })
    }
    const made = await ask(operator, 'POST', '/api/tokens', { user, ttl_s: 24 * 3600 })
    tokens.set(user, z.object({ token: z.string() }).parse(made).token)
  }
  const key = await ask(operator, 'POST', '/api/keys', { name: 'proof', scope: ['emit'] })
  const status = await ask(operator, 'GET', '/api/status')
  const [first, ...rest] = targets
  if (first === undefined) throw new Error('there is no resource to send to')
  return {
    users: USERS,
    targets: [first, ...rest],
    serviceKey: z.object({ key: z.string() }).parse(key).key,
    tokens,
    epoch: z.object({ epoch: z.string() }).parse(status).epoch,
  }
}
