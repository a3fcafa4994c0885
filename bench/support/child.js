import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { fileURLToPath } from 'node:url'

/** Starts one of the servers here; what it says when it is ready, and how to stop it. */
export async function start(script, env = {}, execArgv = []) {
  const file = fileURLToPath(new URL(script, import.meta.url))
  const child = fork(file, [], { stdio: 'inherit', env: { ...process.env, ...env }, execArgv })
  const [ready] = await once(child, 'message')
  return {
    ...ready,
    pid: child.pid,
    /** Told of what it says later. */
    onMessage: listen => void child.on('message', listen),
    async stop() {
      if (child.connected) child.send('stop')
      const timer = setTimeout(() => child.kill('SIGKILL'), script.startsWith('bare') ? 0 : 10_000)
      await once(child, 'exit')
      clearTimeout(timer)
    },
  }
}

/** Asks the agent through the operator's socket. */
export function ask(socketPath, method, path, body) {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers =
      text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
    const asked = request({ socketPath, method, path, headers }, response => {
      let answer = ''
      response.setEncoding('utf8').on('data', part => (answer += part))
      response.on('end', () => resolve(JSON.parse(answer)))
    })
    asked.on('error', reject)
    asked.end(text)
  })
}

/** CPU time of a process so far, in ms; NaN where /proc is not to be had. */
export function cpuMs(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return Number.NaN
  }
}

/** Before memory is compared: within this time an agent without work notices that it has none, and gives back what is free. */
export function quietTime() {
  return new Promise(resolve => setTimeout(resolve, 40_000))
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}
