import { createServer } from 'node:net'
import type { CheckCode } from '../../core/check-codes.ts'
import { judge } from '../../core/check.ts'
import type { Examination, Finding } from './finding.ts'
import { findPortHolder } from './find-holder.ts'
import type { AgentFacts } from './meet-agent.ts'
import { skipAll } from './run-examinations.ts'
import type { Scene } from './scene.ts'

const CODES = ['port.http', 'port.public'] as const

/** Whether the agent could have its ports, or has them. */
export function examinePorts(scene: Scene): Examination {
  return {
    codes: CODES,
    deadlineMs: 9_000,
    async examine() {
      const { config, paths } = scene
      if (paths === null) return skipAll(CODES, 'the agent is on another machine', 'run `ec doctor` there')
      if (config === null) return skipAll(CODES, 'the configuration is not valid', 'see `ec config check`')
      const agent = await scene.agent()
      const { host, port } = config.http
      const http = isServed(agent, port)
        ? judge('port.http', 'ok', `our agent listens on ${port}`)
        : await judgePort('port.http', host, port, 'choose another with --port or `http.port`', agent)
      return [http, await judgePublic(host, config.public.port, agent)]
    },
  }
}

async function judgePublic(host: string, port: number | null, agent: AgentFacts): Promise<Finding> {
  if (port === null)
    return judge('port.public', 'skip', 'no public listener is configured', 'set `public.port` for one')
  // The agent says where its private listener is alone; with its configuration it has this port since it started.
  const finding = await judgePort('port.public', host, port, 'choose another with `public.port`', agent)
  if (finding.status !== 'fail' || agent.state !== 'answers') return finding
  const holder = findPortHolder(port)
  return holder?.name === 'node' ? judge('port.public', 'ok', `an agent listens on ${port}`) : finding
}

function isServed(agent: AgentFacts, port: number): boolean {
  return agent.state === 'answers' && (port === 0 || new URL(agent.status.url).port === String(port))
}

async function judgePort(
  code: CheckCode,
  host: string,
  port: number,
  hint: string,
  agent: AgentFacts,
): Promise<Finding> {
  const refusal = await tryPort(host, port)
  if (refusal === null) {
    const elsewhere = agent.state === 'answers' && code === 'port.http'
    return judge(
      code,
      'ok',
      elsewhere ? `${port} is free; the agent was started on ${agent.status.url}` : `${host}:${port}`,
    )
  }
  switch (refusal) {
    case 'EADDRINUSE': {
      const holder = findPortHolder(port)
      const who = holder === null ? 'another program' : `${holder.name} (process ${holder.pid})`
      return judge(code, 'fail', `${who} listens on ${host}:${port}`, hint)
    }
    case 'EACCES':
      return judge(code, 'fail', `this user may not listen on port ${port}`, 'choose a port from 1024 on')
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return judge(code, 'fail', `${host} is no address of this machine`, 'choose another with --host or `http.host`')
    default:
      return judge(code, 'fail', `${host}:${port} cannot be listened on (${refusal})`, hint)
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
