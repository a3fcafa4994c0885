import { judge } from '../../core/check.ts'
import { judgeClock } from '../../core/judge-clock.ts'
import type { Examination } from './finding.ts'
import type { Scene } from './scene.ts'

/** Asks the server that `doctor.time_url` names what time it is. Nobody is asked who was not named. */
export function examineClock(scene: Scene): Examination {
  return {
    codes: ['clock.skew'],
    deadlineMs: 6_000,
    async examine(signal) {
      const url = scene.config?.doctor.time_url ?? null
      if (url === null) {
        return [judge('clock.skew', 'skip', 'nobody was named to compare with', 'name a server in `doctor.time_url`')]
      }
      const { probeUrl } = await import('../../core/probe-url.ts')
      const { host } = new URL(url)
      const met = await probeUrl(url, signal, () => scene.context.clock.now())
      if (met.kind !== 'answer') {
        return [judge('clock.skew', 'skip', `${host} cannot be asked (${met.reason})`, 'check `doctor.time_url`')]
      }
      const { date } = met.headers
      return [judgeClock({ ...met, host, date: typeof date === 'string' ? date : null })]
    },
  }
}
