/** A VAPID key as `subscribe` takes it, from base64url. */
export function decodeKey(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, character => character.charCodeAt(0))
}

/** Whether a subscription was made with this key; one that does not tell its key was not. */
export function isKey(bytes: ArrayBuffer | null | undefined, text: string): boolean {
  if (!bytes) return false
  const [ours, theirs] = [decodeKey(text), new Uint8Array(bytes)]
  return ours.length === theirs.length && ours.every((byte, i) => byte === theirs[i])
}
