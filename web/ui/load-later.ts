export type Later = typeof import('./later.ts')

/** Loads the rest, once. Rejects when it cannot be had now; then it is tried again the next time. */
export type LoadLater = () => Promise<Later>

export function createLoadLater(): LoadLater {
  let loading: Promise<Later> | null = null
  return function loadLater() {
    loading ??= import('./later.ts').catch((error: unknown) => {
      loading = null
      throw error
    })
    return loading
  }
}
