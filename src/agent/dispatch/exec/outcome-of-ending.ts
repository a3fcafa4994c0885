import type { Outcome } from '../dispatcher.ts'
import type { Ending } from './ending.ts'

/** EX_TEMPFAIL of sysexits(3): "try again later". */
const TEMPFAIL = 75
/** The rest of sysexits(3), from EX_USAGE to EX_CONFIG: the command has looked at the event and will never take it. */
const FIRST_REFUSAL = 64
const LAST_REFUSAL = 78

/**
 * What the end of a command means. Mail servers read exit codes so (postfix pipe(8)), but for what is no code of
 * sysexits(3): there most commands only say that something went wrong, and a shell that the program is missing (127) or
 * cannot be run (126), which the operator can mend. `lastLine` is the last that it wrote, '' without one.
 */
export function outcomeOfEnding(ending: Ending, program: string, lastLine: string): Outcome {
  const said = lastLine === '' ? '' : `: ${lastLine}`
  switch (ending.type) {
    case 'exited':
      if (ending.code === 0) return { type: 'delivered' }
      if (ending.code >= FIRST_REFUSAL && ending.code <= LAST_REFUSAL && ending.code !== TEMPFAIL) {
        return { type: 'rejected', reason: `the command refused it with exit code ${ending.code}${said}` }
      }
      return retry(`the command ended with exit code ${ending.code}${said}`)
    case 'killed':
      return retry(`the command was ended by ${ending.signal}${said}`)
    case 'late':
      return retry(`the command took too long and was ended${said}`)
    case 'stopped':
      return retry('the agent was stopping')
    case 'unstartable':
      return retry(`${program} cannot be started: ${UNSTARTABLE[ending.code] ?? ending.code}`)
    default:
      return ending satisfies never
  }
}

function retry(reason: string): Outcome {
  return { type: 'retry', afterMs: null, reason }
}

const UNSTARTABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such program',
  EACCES: 'it may not be run',
  ENOTDIR: 'there is no such program',
}
