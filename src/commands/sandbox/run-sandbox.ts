import { EcError } from '../../core/errors.ts'
import { isErrno } from '../../core/errno.ts'
import type { Sandbox } from '../../sandbox/start-sandbox.ts'
import type { CommandContext } from '../context.ts'
import { discardSandboxFile, writeSandboxFile } from './sandbox-file.ts'

interface SandboxInput {
  readonly port: number | undefined
  readonly seed: number | undefined
  readonly life: 'busy-week' | undefined
  readonly every: number | undefined
  readonly rate: number | undefined
  readonly account: readonly string[] | undefined
}

const PORT = 8_790
const EVERY_MS = 20_000

/** Runs the sandbox in this process until it is told to stop. */
export async function runSandbox(context: CommandContext, input: SandboxInput): Promise<void> {
  const { output, json, signal } = context
  const seed = input.seed ?? 1
  const dataDir = await context.dataDir()
  const sandbox = await start(context, input, seed)
  const { urls } = sandbox
  try {
    writeSandboxFile(dataDir, urls.google)
    if (json) output.document({ ...urls, seed, life: input.life ?? null, pid: process.pid })
    else
      output.print(
        Object.entries(urls.env)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(''),
      )
    output.say(`the sandbox serves at ${urls.google}  (Ctrl-C stops)`)
    await untilAborted(signal)
  } finally {
    discardSandboxFile(dataDir, urls.google)
    await sandbox.close()
  }
}

async function start({ clock }: CommandContext, input: SandboxInput, seed: number): Promise<Sandbox> {
  const { startSandbox } = await import('../../sandbox/start-sandbox.ts')
  const { port = PORT, rate = 1, every = EVERY_MS, account } = input
  const life = input.life === undefined ? null : { everyMs: Math.max(1, every) }
  const accounts = account === undefined ? {} : { accounts: account.map(toAccount) }
  try {
    return await startSandbox({ clock, seed, port, rate, life, ...accounts })
  } catch (cause) {
    if (!isErrno(cause, 'EADDRINUSE')) throw cause
    throw new EcError('EC_PORT_BUSY', `port ${port} of this machine is in use`, {
      hint: 'give another with --port, or --port 0 for a free one',
      cause,
    })
  }
}

function toAccount(email: string): { readonly email: string } {
  if (/^[^\s@]+@[^\s@]+$/.test(email)) return { email }
  throw new EcError('EC_USAGE', `--account takes an e-mail address, not "${email}"`, {
    hint: '--account ana@example.com',
  })
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve()
    // A server alone keeps no process alive whose other work is done by timers that do not either.
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
