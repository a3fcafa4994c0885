const KEY = 'ec-browser'

/** How this browser calls itself to the agent, so that its next report takes the place of the last. */
export function browserId(
  storage: () => Pick<Storage, 'getItem' | 'setItem'>,
  random: () => string,
  userAgent: string,
): string {
  try {
    const known = storage().getItem(KEY)
    if (known !== null && /^br_[A-Za-z0-9_-]{8,64}$/.test(known)) return known
    const made = `br_${random()}`
    storage().setItem(KEY, made)
    if (storage().getItem(KEY) === made) return made
  } catch {
    // Nothing can be kept.
  }
  // The same each time: else each look would seem another browser, and push the real ones out.
  return `br_forgetful-${hash(userAgent)}`
}

/** FNV-1a, 32 bits. */
function hash(text: string): string {
  let value = 0x811c9dc5
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return (value >>> 0).toString(16).padStart(8, '0')
}
