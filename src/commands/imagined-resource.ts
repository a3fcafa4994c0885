import type { Resource } from '../core/resource.ts'

/** A resource that has just been made, for a provider's code to look at where no agent is asked. */
export function imaginedResource(given: Pick<Resource, 'provider' | 'settings' | 'hasSecret' | 'createdAt'>): Resource {
  return {
    ...given,
    id: '00000000-0000-7000-8000-000000000000',
    userId: 'me',
    name: given.provider,
    state: 'starting',
    paused: false,
    accountId: null,
    target: null,
    lastNotificationAt: null,
  }
}
