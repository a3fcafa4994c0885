import type { EcClient, ResourceRow } from '../../client.ts'
import type { ReplayItem } from './item.ts'

/** Resources that live as long as a replay does: one for all fixtures of the same provider, settings and secret. */
export class PassingResources {
  readonly #client: EcClient
  readonly #user: string
  readonly #shared = new Map<string, ResourceRow>()
  readonly #made: string[] = []

  constructor(client: EcClient, user: string) {
    this.#client = client
    this.#user = user
  }

  async take(item: ReplayItem): Promise<ResourceRow> {
    // Without a secret a handshake may give it one, so what comes next would not find it as its fixture says.
    if (item.secret === null) return await this.#make(item)
    const key = JSON.stringify([item.provider, Object.entries(item.settings).toSorted(), item.secret])
    const known = this.#shared.get(key)
    if (known !== undefined) return known
    const made = await this.#make(item)
    this.#shared.set(key, made)
    return made
  }

  /** Removes them all; the ids of those that could not be removed. */
  async remove(): Promise<readonly string[]> {
    const left: string[] = []
    for (const id of this.#made.splice(0)) {
      await this.#client.resources.remove(id).catch(() => left.push(id))
    }
    return left
  }

  async #make({ provider, settings, secret }: ReplayItem): Promise<ResourceRow> {
    const resource = await this.#client.resources.add({
      provider,
      user: this.#user,
      name: `replay of ${provider} fixtures`,
      settings,
      secret,
    })
    this.#made.push(resource.id)
    return resource
  }
}
