import type { Ports } from './ports.ts'

/** What comes of the work, or `fallback` when it fails or takes longer: a browser's store may do either, or never answer. */
export async function within<T, F>(
  { wait }: Pick<Ports, 'wait'>,
  ms: number,
  work: () => Promise<T>,
  fallback: F,
): Promise<T | F> {
  try {
    return await Promise.race([work(), wait(ms).then(() => fallback)])
  } catch {
    return fallback
  }
}
