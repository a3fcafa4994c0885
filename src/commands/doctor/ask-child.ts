import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What a script in a process of its own has said. */
export interface ChildAnswer {
  /** The members of all the JSON objects that it wrote, one a line; those of a script that was ended early count too. */
  readonly facts: Readonly<Record<string, unknown>>
  /** It was ended because `signal` aborted. */
  readonly late: boolean
  /** How it ended by itself: null when it is done, else the last line of its errors or its signal. */
  readonly failure: string | null
}

const MAX_ERRORS = 4096

/**
 * Runs one of the doctor's probes apart: what it touches may hang, and a thread of this process that waits for a dead
 * disk keeps the process from ending; or it may crash, as a native module of another Node does.
 */
export function askChild(script: URL, args: readonly string[], signal: AbortSignal): Promise<ChildAnswer> {
  const child = spawn(process.execPath, [fileURLToPath(script), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err = (err + text).slice(-MAX_ERRORS)))
  return new Promise(resolve => {
    signal.addEventListener('abort', giveUp, { once: true })
    if (signal.aborted) giveUp()
    child.once('error', error => end(false, error.message))
    child.once('close', (code, by) => end(false, code === 0 ? null : (lastLine(err) ?? `it ended by ${by ?? code}`)))

    function giveUp(): void {
      child.kill('SIGKILL')
      // Whoever waits for a dead disk is not even ended by that; it is not waited for.
      child.unref()
      child.stdout.destroy()
      child.stderr.destroy()
      end(true, null)
    }

    function end(late: boolean, failure: string | null): void {
      signal.removeEventListener('abort', giveUp)
      resolve({ facts: readFacts(out), late, failure })
    }
  })
}

function readFacts(text: string): Readonly<Record<string, unknown>> {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  const lines = whole.split('\n').filter(line => line !== '')
  return Object.assign({}, ...lines.map((line): unknown => JSON.parse(line)))
}

/** The sentence of an uncaught error, without its name and stack. */
function lastLine(text: string): string | null {
  const lines = text.split('\n').map(line => line.trim())
  const named = lines.find(line => THROWN.test(line))?.replace(THROWN, '')
  return named ?? lines.findLast(line => line !== '') ?? null
}

const THROWN = /^[A-Za-z]*Error( \[\w+\])?: /
