import { z } from 'zod'
import { EcError } from '../../../core/errors.ts'
import { askPubSub } from '../ask-pubsub.ts'
import type { AccountContext } from '../../provider.ts'

type Kind = 'topics' | 'subscriptions'
const thing = z.looseObject({ name: z.string() })
export type Thing = z.infer<typeof thing>

/** A topic or a subscription as it is; null when there is none of this name. */
export async function findThing(ctx: AccountContext, kind: Kind, name: string): Promise<Thing | null> {
  try {
    return await askPubSub(ctx, { operation: `${kind}.get`, method: 'GET', path: name }, thing)
  } catch (thrown) {
    if (isStatus(thrown, 404)) return null
    throw thrown
  }
}

/** Makes it; false when somebody had made it before. */
export async function makeThing(ctx: AccountContext, kind: Kind, name: string, body: object): Promise<boolean> {
  try {
    await askPubSub(ctx, { operation: `${kind}.create`, method: 'PUT', path: name, body }, thing)
    return true
  } catch (thrown) {
    if (isStatus(thrown, 409)) return false
    throw thrown
  }
}

export async function removeThing(ctx: AccountContext, kind: Kind, name: string): Promise<void> {
  try {
    await askPubSub(ctx, { operation: `${kind}.delete`, method: 'DELETE', path: name }, z.unknown())
  } catch (thrown) {
    if (!isStatus(thrown, 404)) throw thrown
  }
}

export function isStatus(thrown: unknown, status: number): thrown is EcError {
  return thrown instanceof EcError && thrown.details['google_status'] === status
}
