import { createClient, type EcClient } from '#ec/client.js'
import type { LogEntry } from '#ec/sandbox/log.js'
import type { Manners } from '#ec/sandbox/manners.js'
import type { Sandbox } from '#ec/sandbox/start-sandbox.js'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { runCli, startAgentProcess, type AgentProcess, type CliResult, type Home } from './cli.ts'
import { diagnose, type Row } from './doctor.ts'
import { freePort } from './free-port.ts'
import { makeGoogleHome } from './google-home.ts'
import { openPseudoTerminal } from './pseudo-terminal.ts'
import { until } from './until.ts'

const EC = join(import.meta.dirname, '..', '..', 'bin', 'ec.js')

export interface TroubledHome {
  readonly home: Home
  readonly sandbox: Sandbox
  readonly agent: AgentProcess
  readonly client: EcClient
  /** What `ec setup google` came to, and what it said. */
  readonly setup: CliResult
  readonly clientFile: string
  ec(...args: readonly string[]): Promise<CliResult>
  /** What a command prints, its columns and lines run together. */
  printed(...args: readonly string[]): Promise<string>
  /** Types a next step as it stands in a sentence: the command between backticks, or the whole. */
  typed(step: string): Promise<CliResult>
  /** The resource of a provider. */
  resource(provider?: string): Promise<string>
  check(code: string): Promise<Row>
  /** The lines of the tab of health on the screens, as text. */
  healthPanel(): Promise<string>
  alerts(): Promise<readonly { readonly title: string; readonly body: string }[]>
  /** Titles of the person's events of a type, the oldest first. */
  told(type: string): Promise<readonly string[]>
  /** Resolves once these titles were told, and fails when others were, or one twice. */
  untilTold(type: string, titles: readonly string[]): Promise<void>
  /** What the agent asked of the services since an entry of the sandbox's log. */
  askedSince(n: number): readonly LogEntry[]
  /** The newest entry of the log. */
  now(): number
}

export interface TroubledOptions {
  readonly args?: readonly string[]
  readonly manners?: Partial<Manners>
  /** Whether Google can call. */
  readonly reachable?: boolean
  readonly env?: Readonly<Record<string, string>>
  readonly prepare?: (sandbox: Sandbox) => void
}

/** A real agent in a process of its own and the sandbox as Google, set up by typing `ec setup google`. */
export async function openTroubledHome(options: TroubledOptions = {}): Promise<TroubledHome> {
  const { args = ['--no-gmail'], manners = {}, reachable = true, env = {}, prepare = () => {} } = options
  const google = await makeGoogleHome({ manners: { empty_page_rate: 0, short_page_rate: 0, ...manners } })
  const { sandbox, clientFile } = google
  prepare(sandbox)
  const home = { ...google.home, env: { ...google.home.env, ...env, EC_SYNC_COALESCE: '1s' } }
  const port = String(await freePort())
  const url = reachable ? ['--public-url', `http://127.0.0.1:${port}`] : []
  const agent = await startAgentProcess(home, ['--port', port, ...url])
  const client = createClient({ socket: agent.ready.socket })
  onTestFinished(() => client.close())
  const ec = (...words: readonly string[]) => runCli(home, words)
  const setup = await ec('setup', 'google', '--client-file', clientFile, ...args)

  async function eventsOf(type: string) {
    const { events } = JSON.parse((await ec('events', 'list', '--user', 'me', '--limit', '200', '--json')).stdout)
    return events.filter((event: { type: string }) => event.type === type)
  }

  const told = async (type: string): Promise<readonly string[]> =>
    (await eventsOf(type)).map(({ title }: { title: string }) => title).toSorted()

  return {
    home,
    sandbox,
    agent,
    client,
    setup,
    clientFile,
    ec,
    printed: async (...words) => (await ec(...words)).stdout.replace(/\s+/g, ' '),
    alerts: () => eventsOf('system.alert'),
    async healthPanel() {
      const terminal = await openPseudoTerminal(home, [process.execPath, EC, 'top'], { columns: 200 })
      await terminal.until(/connected/)
      terminal.write('2')
      await terminal.until(/google-calendar/)
      const shown = terminal.screen()
      terminal.write('q')
      await terminal.exited
      return shown
    },
    typed: step => ec(...(/`ec ([^`]+)`/.exec(step)?.[1] ?? step.replace(/^ec /, '')).split(' ')),
    async resource(provider = 'google-calendar') {
      const { resources } = await client.resources.list({})
      const found = resources.find(one => one.provider === provider)
      if (found === undefined) throw new Error(`nothing of ${provider} is watched: ${setup.stderr}`)
      return found.id
    },
    check: async code => (await diagnose(home)).find(code),
    told,
    async untilTold(type, titles) {
      const wanted = titles.toSorted()
      await until(
        () => told(type),
        found => found.length >= wanted.length,
      )
      const found = await told(type)
      if (found.join('|') !== wanted.join('|')) throw new Error(`told: ${found.join('|')}; wanted: ${wanted.join('|')}`)
    },
    askedSince: n => sandbox.control.log(n).filter(({ kind }) => kind === 'request'),
    now: () => sandbox.control.log().at(-1)?.n ?? 0,
  }
}
