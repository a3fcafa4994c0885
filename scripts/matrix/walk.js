import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { EventEmitter, on, once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import { run } from './run.js'

/** What takes longer waits for something that does not come; then all that was started is ended. */
const LONGEST_MS = 3 * 60_000

/**
 * Uses an installed package as its user would, from `ec --version` to the end of the agent; throws at the first thing that is
 * not as promised. What it starts is gone when it returns.
 */
export async function walk({ node, folder, work }) {
  const home = join(work, `home-${node.major}`)
  mkdirSync(home)
  const signal = AbortSignal.timeout(LONGEST_MS)
  const ec = createEc(node, folder, home, signal)
  const receiver = createServer((_request, response) => response.writeHead(202).end()).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  let agent = null
  let socket = null
  let tail = null
  try {
    await step('--version and --help answer, without a warning', async () => {
      const { version } = JSON.parse(readFileSync(join(folder, 'node_modules/eventcenter/package.json'), 'utf8'))
      assert.equal(await ec('--version'), `${version}\n`)
      assert.match(await ec('--help'), /ec agent/)
      assert.match(await ec('config', 'list'), /http\.port/)
    })

    agent = await step('the agent says that it serves, and /health agrees', () => startAgent(ec))
    assert.equal((await (await fetch(`${agent.url}/health`)).json()).status, 'ok')

    const resource = await step('a resource for GitHub is made', () =>
      ec.json('resources', 'add', 'github', '--user', 'me', '--name', 'garden'),
    )
    tail = ec.start('events', 'tail', '--json')
    const tailed = createInterface({ input: tail.stdout })[Symbol.asyncIterator]()
    assert.equal(JSON.parse((await tailed.next()).value).type, 'live')
    const token = (await ec('token', 'me')).trim()
    socket = new WebSocket(`${agent.url.replace('http', 'ws')}/ws`, ['ec.v1', `bearer.${token}`])
    const frames = framesOf(socket, signal)
    assert.equal((await frames.next()).value.t, 'hello')

    await step('a signed webhook is accepted, a forged one refused', async () => {
      assert.equal(await push(agent.url, resource, 'not the secret'), 401)
      assert.equal(await push(agent.url, resource, resource.secret), 202)
      assert.equal(await push(agent.url, resource, resource.secret), 202, 'the same delivery again')
    })
    const event = await step('its event comes by WebSocket and to `ec events tail`', async () => {
      const { ev } = await nextWhere(frames, frame => frame.t === 'ev')
      const line = await nextWhere(parsed(tailed), ({ type }) => type === 'event')
      assert.equal(line.event.id, ev.id)
      return ev
    })

    const emitted = await step('`ec emit` and `ec events list` work', async () => {
      const { id } = await ec.json('emit', '--user', 'me', '--type', 'task.created', '--title', 'Water the plants')
      assert.deepEqual(await eventIds(ec), [event.id, id])
      return id
    })
    await step('a list goes into `head -1`', async () => {
      const { code, stderr } = await ec.shell('events list | head -1')
      assert.deepEqual([code, stderr], [0, ''])
    })
    await step('a notification becomes a fixture, which is replayed to another address', async () => {
      const { notifications } = await ec.json('notifications', 'list', '--state', 'processed')
      const fixture = join(home, 'fixture.json')
      writeFileSync(fixture, await ec('capture', notifications[0].id))
      await ec('replay', fixture, '--to', `http://127.0.0.1:${receiver.address().port}/hook`)
      await ec('replay', fixture)
    })

    await step('kill -9 takes nothing away', async () => {
      agent.child.kill('SIGKILL')
      await once(agent.child, 'close')
      agent = await startAgent(ec)
      const ids = await eventIds(ec)
      assert.deepEqual(ids.slice(0, 2), [event.id, emitted])
    })
    await step('SIGTERM ends it well', async () => {
      const ended = once(agent.child, 'close')
      agent.child.kill('SIGTERM')
      await ended
      assert.equal(agent.child.exitCode, 0)
      assert.doesNotMatch(agent.errors.join('\n'), /Warning|"level":"(warn|error)"/)
    })
    await step('a service imports the client, and a CommonJS one requires it', async () => {
      await script(node, folder, `import('eventcenter').then(({ createClient }) => console.log(typeof createClient))`)
      await script(node, folder, `console.log(typeof require('eventcenter').createClient)`)
    })
  } finally {
    for (const child of [agent?.child, tail]) child?.kill('SIGKILL')
    socket?.terminate()
    receiver.close()
  }
}

/** Says what was done, and in what time. */
async function step(what, work) {
  const startedAt = Date.now()
  const result = await work()
  console.log(`  ${what} (${Date.now() - startedAt} ms)`)
  return result
}

/** `ec(...args)` is its stdout; it throws unless the command ends with 0 and warns of nothing. */
function createEc(node, folder, home, signal) {
  const program = join(folder, 'node_modules', '.bin', 'ec')
  const env = { PATH: `${node.bin}:${process.env.PATH}`, HOME: home, XDG_RUNTIME_DIR: home, TZ: 'UTC' }
  const options = { cwd: home, env, signal }
  const ec = async (...args) => {
    const { code, stdout, stderr, command } = await run(program, args, options)
    assert.equal(code, 0, `${command}: ${stderr}`)
    assert.doesNotMatch(stderr, /Warning/)
    return stdout
  }
  ec.json = async (...args) => JSON.parse(await ec(...args, '--json'))
  ec.shell = text => run('sh', ['-c', `"${program}" ${text}`], options)
  ec.start = (...args) => spawn(program, args, options)
  return ec
}

async function startAgent(ec) {
  const child = ec.start('agent', '--no-tui', '--port', '0')
  const errors = []
  createInterface({ input: child.stderr }).on('line', line => errors.push(line))
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), once(child, 'close')])
  if (typeof line !== 'string') throw new Error(`the agent ended:\n${errors.join('\n')}`)
  const { url } = JSON.parse(line)
  return { child, url, errors }
}

/** GitHub's push of one fixed delivery, signed with `secret`; the status of the answer. */
async function push(url, resource, secret) {
  const body = JSON.stringify({
    ref: 'refs/heads/main',
    before: '0'.repeat(40),
    after: '1'.repeat(40),
    repository: { full_name: 'ana/garden', html_url: 'https://github.com/ana/garden' },
    pusher: { name: 'ana' },
    sender: { login: 'ana' },
    commits: [{ id: '1'.repeat(40), message: 'Plant the beans', url: 'https://github.com/ana/garden/commit/1' }],
  })
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'push',
    'x-github-delivery': '3f2c8a52-0000-4000-8000-000000000001',
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  }
  const { pathname } = new URL(resource.webhook_url)
  const response = await fetch(url + pathname, { method: 'POST', body, headers })
  return response.status
}

async function eventIds(ec) {
  const { events } = await ec.json('events', 'list', '--user', 'me')
  return events.map(({ id }) => id)
}

async function* framesOf(socket, signal) {
  const messages = new EventEmitter()
  const lines = on(messages, 'line', { signal })
  socket.on('message', data => {
    for (const line of String(data).split('\n').filter(Boolean)) messages.emit('line', line)
  })
  for await (const [line] of lines) yield JSON.parse(line)
}

async function* parsed(lines) {
  for await (const line of { [Symbol.asyncIterator]: () => lines }) yield JSON.parse(line)
}

async function nextWhere(items, matches) {
  for (;;) {
    const { value, done } = await items.next()
    if (done) throw new Error('the stream ended')
    if (matches(value)) return value
  }
}

async function script(node, folder, text) {
  const { code, stdout, stderr } = await run(join(node.bin, 'node'), ['-e', text], { cwd: folder })
  assert.deepEqual([code, stdout, stderr], [0, 'function\n', ''])
}
