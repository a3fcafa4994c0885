import type { ServiceKey } from '../../core/service-key.ts'
import type { Page, PageQuery } from './pages.ts'

/** Service keys, small secrets of our own, switches. */
export interface KeyFacts {
  /** `hash` is the SHA-256 of the key, hex; a second live key of the same name is `EC_CONFLICT`. */
  addKey(key: ServiceKey, hash: string): Promise<void>
  findKey(hash: string): Promise<ServiceKey | null>
  listKeys(query: PageQuery): Promise<Page<ServiceKey>>
  revokeKey(id: string, now: number): Promise<boolean>
  /** Small sealed values of our own, as the key that signs user tokens. */
  getCredential(name: string): Promise<string | null>
  /** Writes only if the stored value is still `expected` (null = none); false otherwise. */
  putCredential(name: string, value: string, expected: string | null): Promise<boolean>
  /**
   * Proves that the master key is the one that this store was sealed with, by a known value that is written on first use;
   * a store from before that is tried by what is sealed in it. `EC_SEAL_BROKEN`, and nothing was changed.
   */
  proveSeal(): Promise<void>
  /**
   * For a master key that is lost: forgets all that is sealed, secrets of resources, credentials and devices, and proves the
   * store with the present key. How many resources have no secret any more; they stay as they are otherwise.
   */
  forgetSealed(): Promise<number>
  listFeatures(): Promise<Readonly<Record<string, boolean>>>
  setFeature(name: string, on: boolean): Promise<void>
}
