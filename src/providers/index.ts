import { EcError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import type { Family, Provider } from './provider.ts'

interface ProviderEntry {
  readonly title: string
  load(): Promise<Provider>
}

/** Every provider there is. Nothing of one is loaded before it is asked for. */
export const PROVIDERS: Readonly<Record<string, ProviderEntry>> = {
  calcom: { title: 'Cal.com', load: async () => (await import('./calcom/index.ts')).calcom },
  github: { title: 'GitHub', load: async () => (await import('./github/index.ts')).github },
  gmail: { title: 'Gmail', load: async () => (await import('./gmail/index.ts')).gmail },
  'google-calendar': {
    title: 'Google Calendar',
    load: async () => (await import('./google-calendar/index.ts')).googleCalendar,
  },
  microsoft: { title: 'Microsoft', load: async () => (await import('./microsoft/index.ts')).microsoft },
  notion: { title: 'Notion', load: async () => (await import('./notion/index.ts')).notion },
  website: { title: 'Website', load: async () => (await import('./website/index.ts')).website },
}

/** Those that were asked for: an import is dear even of what is loaded. */
const loaded = new Map<string, Promise<Provider>>()

/** The provider with this id; `EC_PROVIDER_UNKNOWN` when there is none. */
export function loadProvider(id: string): Promise<Provider> {
  return loaded.get(id) ?? loadFirst(id)
}

async function loadFirst(id: string): Promise<Provider> {
  const entry = Object.hasOwn(PROVIDERS, id) ? PROVIDERS[id] : undefined
  if (entry) {
    const provider = await entry.load()
    loaded.set(id, Promise.resolve(provider))
    return provider
  }
  const known = Object.keys(PROVIDERS)
  const guess = nearest(id, known)
  throw new EcError('EC_PROVIDER_UNKNOWN', 'there is no provider of this name', {
    hint: guess === null ? `the providers are ${known.join(', ')}` : `did you mean ${guess}?`,
  })
}

interface FamilyEntry {
  readonly title: string
  load(): Promise<Family>
}

/** Who signs accounts in; a family's code stands in a folder of its own, and its providers share it. */
export const FAMILIES: Readonly<Record<string, FamilyEntry>> = {
  google: { title: 'Google', load: async () => (await import('./google/family.ts')).google },
}

/** The family with this id; `EC_PROVIDER_UNKNOWN` when there is none. */
export async function loadFamily(id: string): Promise<Family> {
  const entry = Object.hasOwn(FAMILIES, id) ? FAMILIES[id] : undefined
  if (entry) return entry.load()
  throw new EcError('EC_PROVIDER_UNKNOWN', 'nobody signs in accounts of this name', {
    hint: `there is ${Object.keys(FAMILIES).join(', ')}`,
  })
}
