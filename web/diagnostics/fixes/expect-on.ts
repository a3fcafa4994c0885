import type { PushState } from '../../push/push-desk.ts'

/** Throws what is wrong otherwise. What the checks say better (denied, insecure ...) they say themselves. */
export function expectOn({ status, problem }: PushState): void {
  if (status === 'failed') throw new Error(problem ?? 'the browser could not subscribe')
}
