import type { MediaKind } from '../context.ts'
import type { Fix } from '../fix.ts'

/** Silence, but for what a microphone hums by itself. */
const SILENT = 0.01

export const cameraFix = mediaFix('camera')
export const microphoneFix = mediaFix('microphone')

/** Asks for it, looks or listens for a moment, and lets go of it. */
function mediaFix(kind: MediaKind): Fix {
  const code = `browser.${kind}` as const
  const fixes = [kind] as const
  return {
    name: kind,
    again: [],
    // A person may think about what the browser asks.
    deadlineMs: 60_000,
    async run({ media }, tell, signal) {
      tell(code, { status: 'unknown', state: `${kind}.asking` })
      const trial = await media
        .try(
          kind,
          level => tell(code, { status: 'unknown', state: `${kind}.trying`, facts: { percent: percent(level) } }),
          signal,
        )
        .catch((error: unknown) => {
          tell(code, { status: 'fail', state: 'broke', facts: { reason: String(error) }, fixes })
          throw error
        })
      if (trial.found !== 'ok') {
        tell(code, { status: 'warn', state: `${kind}.${trial.found}`, fixes })
        return
      }
      const { name, level } = trial
      const isSilent = level !== null && level < SILENT
      const facts = { name, percent: percent(level ?? 0) }
      if (kind === 'microphone' && isSilent) tell(code, { status: 'warn', state: 'microphone.silent', facts, fixes })
      else tell(code, { status: 'ok', state: `${kind}.works`, facts, fixes })
    },
  }
}

function percent(level: number): number {
  return Math.round(level * 100)
}
