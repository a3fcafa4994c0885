import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { readSnippets } from './readme-snippets.ts'
import { tempDir } from './temp-dir.ts'

/** The name that the examples of the documentation have, and the port of the agent in them. */
const NAME = 'ec.example.org'
const AGENT_PORT = ':8788'

export type ProxyKind = 'nginx' | 'caddy'

/** Why there is none; null when there is. */
export function whyNoProxy(kind: ProxyKind): string | null {
  const found = spawnSync(kind, [kind === 'nginx' ? '-v' : 'version'])
  return found.status === 0 ? null : `${kind} is not installed`
}

export interface Certificate {
  readonly file: string
  readonly key: string
  readonly pem: Buffer
}

/** For `localhost`, vouched for by nobody but itself. */
export function makeCertificate(): Certificate {
  const dir = tempDir()
  const [key, file] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1']
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  execFileSync('openssl', [...args, ...subject, '-keyout', key, '-out', file], { stdio: 'ignore' })
  return { file, key, pem: readFileSync(file) }
}

interface ProxyOptions {
  /** Where it listens, on loopback. */
  readonly port: number
  /** The agent's public listener. */
  readonly to: number
  readonly certificate: Certificate
}

/**
 * Starts the proxy with the example of docs/operating.md as it stands there, but for its name, ports and certificate.
 * Resolves when it takes connections; it ends with the test.
 */
export async function startProxy(kind: ProxyKind, options: ProxyOptions): Promise<void> {
  const dir = tempDir()
  const example = readSnippets('docs/operating.md').find(({ language }) => language === kind)?.text
  if (example === undefined) throw new Error(`docs/operating.md has no example for ${kind}`)
  const ours = replaceOnce(example.replaceAll(AGENT_PORT, `:${options.to}`), example.includes(AGENT_PORT))
  const file = join(dir, 'config')
  writeFileSync(file, kind === 'nginx' ? wholeNginx(ours, dir, options) : wholeCaddy(ours, options))
  mkdirSync(join(dir, 'logs'))
  const args =
    kind === 'nginx' ? ['-p', dir, '-c', file, '-e', 'stderr'] : ['run', '--adapter', 'caddyfile', '--config', file]
  const child = spawn(kind, args, {
    env: { PATH: process.env['PATH'], HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir },
  })
  onTestFinished(() => void child.kill('SIGTERM'))
  let said = ''
  child.stderr.on('data', (text: Buffer) => (said += text.toString()))
  await untilListening(options.port, () => {
    if (child.exitCode !== null) throw new Error(`${kind} ended: ${said}`)
  })
}

/** Its folders and the name of its processes are the machine's; what a person copies is the server alone. */
function wholeNginx(server: string, dir: string, { port, certificate }: ProxyOptions): string {
  const ours = server
    .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replace(`/etc/ssl/${NAME}.pem`, certificate.file)
    .replace(`/etc/ssl/${NAME}.key`, certificate.key)
    .replaceAll(NAME, 'localhost')
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${dir}/${name};`)
  // Its workers would otherwise be nobody, who may not write to the folder of the test.
  const user = process.getuid?.() === 0 ? 'user root;\n' : ''
  const main = `${user}daemon off; worker_processes 1; pid ${dir}/pid; error_log stderr warn; events {}`
  return `${main}\nhttp {\naccess_log off;\n${folders.join('\n')}\n${ours}\n}\n`
}

/** A certificate of its own would be asked of the internet. */
function wholeCaddy(site: string, { port, certificate }: ProxyOptions): string {
  const ours = site.replace(
    `${NAME} {`,
    `https://localhost:${port} {\n  bind 127.0.0.1\n  tls ${certificate.file} ${certificate.key}`,
  )
  return `{\n  admin off\n  auto_https disable_redirects\n}\n${ours}\n`
}

function replaceOnce(text: string, isThere: boolean): string {
  if (!isThere) throw new Error(`the example does not send to 127.0.0.1${AGENT_PORT}`)
  return text
}

async function untilListening(port: number, check: () => void): Promise<void> {
  for (;;) {
    check()
    const open = await new Promise<boolean>(resolve => {
      const socket = connect(port, '127.0.0.1')
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
      onTestFinished(() => void socket.destroy())
    })
    if (open) return
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
