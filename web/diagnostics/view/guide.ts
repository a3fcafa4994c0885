import type { Guide, PushState } from '../../push/push-desk.ts'
import type { StateName } from '../words/en.ts'

/** Fetches the steps of this browser and language for a state of push. */
export type LoadGuide = (status: PushState['status']) => Promise<Guide>

/** States whose way out is another in each browser and system. `on`: what the system has to do with it. */
export const GUIDED: Readonly<Partial<Record<StateName, PushState['status']>>> = {
  'permission.denied': 'denied',
  'installed.first': 'install-first',
  'push.unshown': 'on',
  'test.unshown': 'on',
  'seen.no': 'on',
}
