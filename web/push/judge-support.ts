import type { BrowserKind } from './browser-kind.ts'
import type { PushState } from './push-desk.ts'

/** What a browser has, and what the page set up. */
export interface Abilities {
  readonly secure: boolean
  readonly kind: BrowserKind
  readonly worker: boolean
  readonly push: boolean
  readonly notifications: boolean
  /** The page says which worker is to show pushes. */
  readonly hasScript: boolean
}

/** Before this version iOS has no Web Push at all. */
const IOS_PUSH = 16.4

/** Why there can be no push here; null when there can. Pure. */
export function judgeSupport(
  able: Abilities,
): Extract<PushState['status'], 'insecure' | 'unsupported' | 'install-first'> | null {
  if (!able.secure) return 'insecure'
  if (!able.hasScript) return 'unsupported'
  if (able.worker && able.push && able.notifications) return null
  const { system, installed, iosVersion } = able.kind
  const canInstall = system === 'ios' && !installed && (iosVersion === null || iosVersion >= IOS_PUSH)
  return canInstall ? 'install-first' : 'unsupported'
}
