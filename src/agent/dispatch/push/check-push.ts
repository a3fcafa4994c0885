import type { Store } from '../../../backends/store.ts'
import { judge, type CheckResult } from '../../../core/check.ts'
import { judgeSubject } from './judge-subject.ts'
import type { VapidRing } from './vapid-ring.ts'

export interface CheckPushOptions {
  readonly store: Pick<Store, 'countDevices'>
  readonly ring: VapidRing
}

/** Whether push services will know this agent, and whether each device can still be sent to. */
export async function checkPush({ store, ring }: CheckPushOptions): Promise<readonly CheckResult[]> {
  const [key, byKey] = await Promise.all([ring.current(), store.countDevices()])
  const all = sum(byKey.map(({ devices }) => devices))
  if (key === null) {
    if (all > 0) return [judge('push.vapid', 'fail', `${plural(all)} subscribed with keys that are not here any more`)]
    return [judge('push.vapid', 'skip', 'there is no key for Web Push yet')]
  }
  const problem = judgeSubject(key.subject)
  if (problem !== null) return [judge('push.vapid', 'fail', `the subject ${key.subject}: ${problem}`)]
  const known = await Promise.all(byKey.map(async one => ({ ...one, isHere: (await ring.find(one.keyId)) !== null })))
  const lost = sum(known.filter(one => !one.isHere).map(({ devices }) => devices))
  if (lost > 0) {
    const detail = `${plural(lost)} subscribed with a key that is not here any more; nothing reaches them`
    return [judge('push.vapid', 'warn', detail, 'open the page on them again; it subscribes with the present key')]
  }
  const old = sum(byKey.filter(({ keyId }) => keyId !== key.id).map(({ devices }) => devices))
  const rest = old === 0 ? '' : `, ${old} of them by an older key, until their page opens`
  return [judge('push.vapid', 'ok', `${key.subject}, ${plural(all)}${rest}`)]
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}

function plural(devices: number): string {
  return `${devices} device${devices === 1 ? '' : 's'}`
}
