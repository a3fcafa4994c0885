import { createServer } from 'node:net'
import type { CheckCode } from '../../core/check-codes.ts'
import { judge } from '../../core/check.ts'
import { joinSignals } from '../../core/join-signals.ts'
import { peekString } from '../../core/peek.ts'
import type { Examination, Finding } from './finding.ts'
import { findPortHolder } from './find-holder.ts'
import { skipAll } from './run-examinations.ts'
import type { Scene } from './scene.ts'

const CODES = ['port.http', 'port.public'] as const

/** Whether the agent could have its ports, or has them. */
export function examinePorts(scene: Scene): Examination {
  return {
    codes: CODES,
    deadlineMs: 12_000,
    async examine(signal) {
      const { config, paths } = scene
      if (paths === null) return skipAll(CODES, 'the agent is on another machine', 'run `ec doctor` there')
      if (config === null) return skipAll(CODES, 'the configuration is not valid', 'see `ec config check`')
      const agent = await scene.agent()
      const status = agent.state === 'answers' ? agent.status : null
      const { host, port } = config.http
      const http = { code: 'port.http', host, port, setting: '--port or `http.port`', signal } as const
      const open = { ...http, code: 'port.public', port: config.public.port ?? 0, setting: '`public.port`' } as const
      return [
        await judgePort(http, status === null ? null : Number(new URL(status.url).port)),
        config.public.port === null
          ? judge('port.public', 'skip', 'no public listener is configured', 'set `public.port` for one')
          : await judgePort(open, status?.public_port ?? null),
      ]
    },
  }
}

interface WantedPort {
  readonly code: CheckCode
  readonly host: string
  readonly port: number
  /** What chooses another. */
  readonly setting: string
  readonly signal: AbortSignal
}

/** `ours` is the port at which our running agent listens for this; null when it does not. */
async function judgePort(wanted: WantedPort, ours: number | null): Promise<Finding> {
  const { code, host, port } = wanted
  // 0 takes whatever is free.
  if (ours !== null && (port === 0 || port === ours)) return judge(code, 'ok', `our agent listens on ${ours}`)
  const refusal = await tryPort(host, port)
  switch (refusal) {
    case null:
      if (ours !== null) return judge(code, 'ok', `${port} is free; our agent was started on ${ours}`)
      return judge(code, 'ok', port === 0 ? 'whatever is free is taken' : `${host}:${port}`)
    case 'EADDRINUSE':
      return judgeTaken(wanted)
    case 'EACCES':
      return judge(code, 'fail', `this user may not listen on port ${port}`, 'choose a port from 1024 on')
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return judge(code, 'fail', `${host} is no address of this machine`, 'choose another with --host or `http.host`')
    default:
      return judge(code, 'fail', `${host}:${port} cannot be listened on (${refusal})`)
  }
}

async function judgeTaken({ code, host, port, setting, signal }: WantedPort): Promise<Finding> {
  const holder = findPortHolder(port)
  const isAgent = await isAnotherAgent(host, port, signal)
  const name = isAgent ? 'another ec agent' : (holder?.name ?? 'another program')
  const who = holder === null ? name : `${name} (process ${holder.pid})`
  const hint = isAgent ? `stop it, or choose another port with ${setting}` : `choose another with ${setting}`
  return judge(code, 'fail', `${who} listens on ${host}:${port}`, hint)
}

const ASK_MS = 1_000

/** An agent says in our own words that it has nothing at this path. */
async function isAnotherAgent(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  const { probeUrl } = await import('../../core/probe-url.ts')
  const within = joinSignals([signal], ASK_MS)
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/health/nobody`
  const met = await probeUrl(url, within.signal, () => 0).finally(within.release)
  if (met.kind !== 'answer') return false
  try {
    return peekString(JSON.parse(met.body), 'type').startsWith('urn:eventcenter:error:')
  } catch {
    return false
  }
}

/** Listens for a moment; the system's code when it cannot. */
function tryPort(host: string, port: number): Promise<string | null> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', error => resolve('code' in error ? String(error.code) : error.message))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)))
  })
}
