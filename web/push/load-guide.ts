import type { BrowserKind } from './browser-kind.ts'
import type { Guide, PushState } from './push-desk.ts'

/** Of `/unblock.js`, whose texts most people never need. */
interface GuideModule {
  guideFor(status: PushState['status'], kind: BrowserKind, site: string, lang: string): Guide
}

/** What to press in this browser. Rejects when the agent cannot be reached. */
export async function loadGuide(
  base: string,
  status: PushState['status'],
  kind: BrowserKind,
  lang: string,
): Promise<Guide> {
  const module: GuideModule = await import(`${base}/unblock.js`)
  return module.guideFor(status, kind, location.host, lang)
}
