const EVERY_MS = 50
const LONG_MS = 30_000

/** What was looked at, as soon as it is as wanted; the last of it stands in the error when it never is. */
export async function until<T>(look: () => T | Promise<T>, isWanted: (found: T) => boolean, ms = LONG_MS): Promise<T> {
  const end = Date.now() + ms
  for (;;) {
    const found = await look()
    if (isWanted(found)) return found
    if (Date.now() > end) throw new Error(`it never came: ${JSON.stringify(found)}`)
    await new Promise(resolve => setTimeout(resolve, EVERY_MS))
  }
}
