import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, it, onTestFinished } from 'vitest'
import { tell } from '../durability/tell.ts'
import { finish, makeHome, runCli, startAgentProcess, withEcOnPath, type CliResult, type Home } from '../support/cli.ts'
import { freePort } from '../support/free-port.ts'
import { readSnippets } from '../support/readme-snippets.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const README = readFileSync(join(ROOT, 'README.md'), 'utf8')
const SNIPPETS = readSnippets('README.md')
const noPython = spawnSync('python3', ['--version']).status === 0 ? null : 'python3 is not installed'
if (noPython !== null) tell(`the example in Python is not run: ${noPython}`)
const browser =
  ['chromium', 'chromium-browser', 'google-chrome'].find(name => spawnSync(name, ['--version']).status === 0) ?? null
if (browser === null) tell('the page is not shown in a real browser: there is no chromium')

/** How each snippet of the README begins. What is not run here is run elsewhere, or says why not. */
const STARTS = {
  install: 'npm ci && npm start',
  pack: 'npm pack &&',
  first: 'ec events tail',
  // Real agents and commands, beside the sandbox, in setup-google.test.ts.
  google: 'ec agent --public-url',
  resource: 'ec resources add github',
  served: 'EC_PUBLIC_PORT=8788 ec agent',
  script: 'KEY=$(ec keys create',
  service: "import { createClient } from 'eventcenter'",
  python: 'EC_TOKEN=$KEY python3',
  question: 'choice=$(ec ask',
  page: "import { createNotificationCenter } from 'http:",
  configuration: 'user: ana',
} as const

describe('the README', () => {
  it('has no snippet that nobody tries', () => {
    const starts = Object.values(STARTS)
    const untried = SNIPPETS.filter(({ text }) => !starts.some(start => text.startsWith(start)))
    expect(untried).toEqual([])
  })
})

describe('the first five minutes', () => {
  it('show events as they come, list them, say where they went, and that all is well', async () => {
    const { home } = await served()
    const [tail = '', ...lines] = snippet('first').split('\n').filter(Boolean)
    const tailing = start(home, tail)
    const tailed = createInterface({ input: tailing.stdout })[Symbol.asyncIterator]()
    // Its first word is on stderr, so that what is piped on are events.
    await once(tailing.stderr, 'data')

    const [emit = '', emitOwn = '', list = '', explain = '', doctor = '', complete = '', ...more] = lines
    expect(more).toEqual([])
    expect(await run(home, emit)).toMatchObject({ code: 0, stderr: expect.stringContaining('goes out by ws') })
    expect(await run(home, emitOwn)).toMatchObject({ code: 0 })
    expect((await tailed.next()).value).toContain('job.done')
    expect((await tailed.next()).value).toContain('Water the plants')

    const listed = await run(home, list)
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining('Water the plants') })
    const id = /evt_\S+/.exec(listed.stdout)?.[0] ?? ''
    const explained = await run(home, explain.replace('EVENT-ID', id))
    expect(explained).toMatchObject({ code: 0, stdout: expect.stringContaining('ws') })
    const examined = await run(home, doctor)
    expect(examined).toMatchObject({ code: 0, stderr: '' })
    expect(examined.stdout).not.toMatch(/^(warn|fail) /m)
    expect(await run(home, `${complete}\ncomplete -p ec`)).toMatchObject({ code: 0, stderr: '' })
  })

  it('point GitHub at it, whose push is an event, and whose forgery is kept and explained', async () => {
    const { home, url } = await served()
    const made = await run(home, snippet('resource'))
    expect(made.code).toBe(0)
    const path = /\/webhooks\/github\/\S+/.exec(made.stdout + made.stderr)?.[0] ?? ''
    const secret = /secret:?\s+(\S+)/.exec(made.stdout)?.[1] ?? ''
    expect(await push(url + path, secret)).toBe(202)
    expect(await push(url + path, 'a guess')).toBe(401)
    await expect
      .poll(async () => (await run(home, 'ec events list')).stdout, { timeout: 20_000 })
      .toContain('example/garden')
    const kept = await run(home, inline('ec notifications list --state quarantined'))
    const id = /ntf_\d+/.exec(kept.stdout)?.[0] ?? ''
    const why = await run(home, inline('ec notifications why NOTIFICATION-ID').replace('NOTIFICATION-ID', id))
    expect(why).toMatchObject({ code: 0, stdout: expect.stringContaining('refused with 401') })
    const good = /ntf_\d+/.exec((await run(home, 'ec notifications list --state processed')).stdout)?.[0] ?? ''
    expect(await run(home, inline('ec replay NOTIFICATION-ID').replace('NOTIFICATION-ID', good))).toMatchObject({
      code: 0,
    })
    const captured = await run(home, inline('ec capture NOTIFICATION-ID').replace('NOTIFICATION-ID', good))
    expect(JSON.parse(captured.stdout)).toMatchObject({ provider: 'github' })
  })

  it('serve the world at a public port, and nothing but webhooks', async () => {
    const home = withEcOnPath(makeHome())
    const port = await freePort()
    const line = snippet('served').replace('8788', String(port)).replace('ec agent', 'ec agent --port 0')
    const agent = start(home, line)
    const [ready] = await once(createInterface({ input: agent.stdout }), 'line')
    expect(JSON.parse(String(ready)).type).toBe('ready')
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200)
    expect((await fetch(`http://127.0.0.1:${port}/api/events`)).status).toBe(404)
    const { stdout, stderr } = await run(home, snippet('resource'))
    expect(stdout + stderr).toContain('https://ec.example.org/webhooks/github/')
  })

  it('emit with curl, in TypeScript and in Python', async () => {
    const { home, url } = await served()
    const { port } = new URL(url)
    const curl = await run(home, `${snippet('script').replace('8787', port)}\nprintf '\\n%s' "$KEY"`)
    const [answer = '', key = ''] = curl.stdout.split('\n')
    expect(JSON.parse(answer)).toMatchObject({ id: expect.stringMatching(/^evt_/) })
    expect(key).toMatch(/^eck_/)

    const service = join(home.dir, 'service')
    mkdirSync(join(service, 'node_modules', '@types'), { recursive: true })
    symlinkSync(ROOT, join(service, 'node_modules', 'eventcenter'))
    symlinkSync(join(ROOT, 'node_modules', '@types', 'node'), join(service, 'node_modules', '@types', 'node'))
    writeFileSync(join(service, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(service, 'service.ts'), snippet('service').replace('8787', port))
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
    const options = '--strict --module nodenext --target es2022 --types node --outDir out service.ts'
    expect(await run(home, `cd '${service}' && '${process.execPath}' '${tsc}' ${options}`)).toMatchObject({
      code: 0,
      stdout: '',
    })
    for (let again = 0; again < 2; again++) {
      const emitted = await run(home, `EC_TOKEN='${key}' '${process.execPath}' '${service}/out/service.js'`)
      expect(emitted).toEqual({ code: 0, stdout: '', stderr: '' })
    }
    const titles = (await run(home, 'ec events list --json')).stdout
    expect(JSON.parse(titles).events.filter((event: { id: string }) => event.id === 'deploy-42')).toHaveLength(1)

    if (noPython !== null) return
    const example = `cd '${ROOT}' && export EC_URL='${url}' KEY='${key}'`
    const python = await run(home, `${example}\n${snippet('python')}`)
    expect(python).toMatchObject({ code: 0, stdout: expect.stringMatching(/^evt_\S+\n$/), stderr: '' })
    const refused = await run(home, `${example}x\n${snippet('python')}`)
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/\(EC_\w+\); next: .+\n$/) })
  })

  it('ask a person, and tell of a command', async () => {
    const { home } = await served()
    const [ask = '', answer = '', told = '', ...more] = snippet('question').split('\n')
    expect(more).toEqual([])
    const asking = finish(start(home, `${ask}\necho "$choice"`))
    let id = ''
    await expect
      .poll(async () => (id = /ask_\S+/.exec((await run(home, inline('ec questions list'))).stdout)?.[0] ?? ''), {
        timeout: 20_000,
      })
      .not.toBe('')
    expect(await run(home, answer.replace('QUESTION-ID', id))).toMatchObject({ code: 0 })
    expect(await asking).toMatchObject({ code: 0, stdout: 'yes\n' })

    writeFileSync(join(home.cwd, 'Makefile'), 'test:\n\t@echo tested\n')
    expect(await run(home, told)).toMatchObject({ code: 0, stdout: 'tested\n' })
    expect((await run(home, 'ec events list')).stdout).toContain('make test')
  })

  it.skipIf(browser === null)('show events in a page of a site, in a real browser', async () => {
    const home = withEcOnPath(makeHome())
    const site = await serveSite()
    expect(README).toContain('`EC_HTTP_ORIGINS=https://shop.example.org ec agent`')
    const { ready } = await startAgentProcess(home, [], { EC_HTTP_ORIGINS: site.origin })
    const token = (await run(home, inline('ec token me'))).stdout.trim()
    const code = snippet('page').replace('8787', new URL(ready.url).port)
    // The browser's own log tells of an object only that it is one.
    const log = 'const { log } = console; console.log = (...all) => log(JSON.stringify(all))'
    site.page = `<script>const token = '${token}'; ${log}</script><script type="module">${code}</script>`
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${join(home.dir, 'browser')}`]
    const child = spawn(
      browser ?? '',
      // Without a door for debuggers it ends when the page has been loaded.
      [...flags, '--enable-logging=stderr', '--remote-debugging-port=0', site.origin],
      { env: home.env },
    )
    await expectShown(home, child, '[0,[]]', '[1,[{')
  })
})

describe('the protocol', () => {
  it('shows frames to a page without the notification center', async () => {
    const { home, url } = await served()
    const token = (await run(home, inline('ec token me'))).stdout.trim()
    const raw = readSnippets('docs/stream.md').find(({ text }) => text.startsWith('const socket = new WebSocket'))?.text
    // A page's WebSocket, as far as the agent can tell: it names its origin. Node 20 has none of its own.
    const page = `
      import { WebSocket as Socket } from 'ws'
      const token = process.argv[1]
      class WebSocket extends Socket {
        constructor(url, protocols) { super(url, protocols, { origin: 'https://shop.example.org' }) }
      }
      ${raw?.replace('8787', new URL(url).port)}`
    const child = spawn(process.execPath, ['--input-type=module', '-e', page, token], { cwd: ROOT })
    await expectShown(home, child, "t: 'hello", "t: 'ev")
  })
})

describe('the configuration', () => {
  it('is understood as it stands', async () => {
    const home = makeHome()
    writeFileSync(join(home.configDir, 'ec.config.yaml'), snippet('configuration'))
    expect(await runCli(home, ['config', 'check'])).toMatchObject({ code: 0 })
    expect((await runCli(home, ['config', 'list'])).stdout).toContain('https://ec.example.org')
  })
})

/** Waits for what a page logs when it is connected, and then when there is an event. */
async function expectShown(
  home: Home,
  child: ChildProcessWithoutNullStreams,
  connected: string,
  told: string,
): Promise<void> {
  const ended = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  let shown = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (shown += text))
  await expect.poll(() => shown, { timeout: 40_000 }).toContain(connected)
  await run(home, 'ec emit --type job.done')
  await expect.poll(() => shown, { timeout: 20_000 }).toContain(told)
}

/** A site of somebody's, with one page. */
async function serveSite(): Promise<{ readonly origin: string; page: string }> {
  const site = { origin: '', page: '' }
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(site.page))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port }: Partial<AddressInfo> = Object(server.address())
  site.origin = `http://localhost:${port}`
  return site
}

/** An agent as `npm start` runs it; only its port is another, since 8787 may be somebody's. */
async function served(): Promise<{ readonly home: Home; readonly url: string }> {
  const home = withEcOnPath(makeHome())
  const { ready } = await startAgentProcess(home)
  return { home, url: ready.url }
}

function snippet(name: keyof typeof STARTS): string {
  const found = SNIPPETS.filter(({ text }) => text.startsWith(STARTS[name]))
  expect(found).toHaveLength(1)
  return found[0]?.text ?? ''
}

/** A command that the README's sentences name. */
function inline(command: string): string {
  expect(README).toContain(`\`${command}\``)
  return command
}

/** Types it into a shell. */
function start(home: Home, line: string) {
  const child = spawn('bash', ['-c', line], { cwd: home.cwd, env: home.env })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

function run(home: Home, line: string): Promise<CliResult> {
  const child = start(home, line)
  child.stdin.end()
  return finish(child)
}

async function push(url: string, secret: string): Promise<number> {
  const body = JSON.stringify({
    ref: 'refs/heads/main',
    repository: { full_name: 'example/garden', html_url: 'https://github.com/example/garden' },
    pusher: { name: 'ana' },
    sender: { login: 'ana' },
    commits: [{ id: '1'.repeat(40), message: 'Plant the beans', author: { name: 'Ana' } }],
  })
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'push',
    'x-github-delivery': '3f2c8a52-0000-4000-8000-000000000001',
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  }
  return (await fetch(url, { method: 'POST', body, headers })).status
}
