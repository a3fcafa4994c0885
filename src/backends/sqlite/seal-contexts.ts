/** What binds a sealed value to its row: bytes that were moved to another one do not open there. */
export function secretContext(resourceId: string): string {
  return `resource:${resourceId}`
}

export function addressContext(endpointHash: string): string {
  return `push:${endpointHash}`
}

export function credentialContext(name: string): string {
  return `credential:${name}`
}
