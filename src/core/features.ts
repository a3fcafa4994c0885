/** What can be switched while the agent runs; each is on until somebody switches it off. */
export const FEATURES = ['webhooks'] as const

/** A feature, or that feature of one resource: `webhooks:ID`. */
export function isFeature(name: string): boolean {
  const [feature, resource, ...more] = name.split(':')
  return FEATURES.some(known => known === feature) && resource !== '' && more.length === 0
}
