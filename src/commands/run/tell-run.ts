import type { NewEvent } from '../../client.ts'
import { cleanLine } from '../../core/clean-text.ts'
import { readProgress } from './read-progress.ts'
import { sayDuration } from './say-duration.ts'

/** A command that runs, as it is told of. */
export interface Run {
  /** `run_` and a UUID; `data.job_id` of all its events. */
  readonly id: string
  readonly user: string
  /** What a person calls it; null = its command line. */
  readonly title: string | null
  readonly argv: readonly string[]
  readonly typeDone: string
  readonly typeFailed: string
}

/** How it ended; both null when it could not be started. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

const MAX_NAME = 100
const MAX_COMMAND = 200

export function tellProgress(run: Run, { line, ms }: { readonly line: string; readonly ms: number }): NewEvent {
  const progress = readProgress(line)
  const far = progress === null ? '' : `${progress.percent}%, `
  return {
    user_id: run.user,
    type: 'job.progress',
    title: `${nameOf(run)}: ${far}running for ${sayDuration(ms)}`,
    body: line,
    source: SOURCE,
    data: {
      job_id: run.id,
      command: commandOf(run),
      elapsed_ms: Math.round(ms),
      ...(progress === null ? {} : { progress: progress.percent }),
      ...(progress === null || progress.done === null ? {} : { done: progress.done, total: progress.total }),
    },
  }
}

/** `why` says of a command that could not be started what is wrong. */
export function tellEnd(
  run: Run,
  { code, signal, ms, tail, why }: Ending & EndingDetails,
): NewEvent & { readonly id: string } {
  const isDone = code === 0
  const after = isDone ? `done in ${sayDuration(ms)}` : `failed after ${sayDuration(ms)}`
  const how = why ?? (signal === null ? `Exit code ${code}.` : `Ended by ${signal}.`)
  const shown = isDone ? tail.slice(-LINES_WHEN_DONE) : tail
  return {
    // Its own, so that it can be sent until it is known to have arrived.
    id: run.id,
    user_id: run.user,
    type: isDone ? run.typeDone : run.typeFailed,
    level: isDone ? 'info' : 'error',
    title: `${nameOf(run)}: ${why === null ? after : 'not started'}`,
    body: [...(isDone ? [] : [how]), ...(isDone || shown.length === 0 ? [] : ['']), ...shown].join('\n'),
    source: SOURCE,
    data: {
      job_id: run.id,
      command: commandOf(run),
      exit_code: code,
      signal,
      duration_ms: Math.round(ms),
      tail: [...tail],
    },
  }
}

interface EndingDetails {
  readonly ms: number
  readonly tail: readonly string[]
  readonly why: string | null
}

const SOURCE = 'ec run'
/** What went well needs no proof. */
const LINES_WHEN_DONE = 3

function nameOf({ title, argv }: Run): string {
  return cleanLine(title ?? argv.join(' '), MAX_NAME) || 'a command'
}

/** A title takes the place of the arguments, which may hold what is nobody's business. */
function commandOf({ title, argv }: Run): string {
  return cleanLine(title === null ? argv.join(' ') : (argv[0] ?? ''), MAX_COMMAND)
}
