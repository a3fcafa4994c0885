import { createECDH, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { BROWSER_CHECKS } from '#ec/core/browser-checks.js'
import { makeHome, runCli, startAgentProcess, type Home } from '../support/cli.ts'
import { diagnose } from '../support/doctor.ts'
import { freePort } from '../support/free-port.ts'

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0'
const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36'

async function open(env: Readonly<Record<string, string>> = {}) {
  const home = makeHome()
  const agent = await startAgentProcess(home, [], env)
  const { url } = agent.ready
  return {
    home,
    agent,
    url,
    ec: (...args: string[]) => ec(home, ...args),
    doctor: () => diagnose(home, ['--user', 'ana']),
  }
}

async function ec(home: Home, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(home, args)
  if (code !== 0) throw new Error(`ec ${args.join(' ')}: ${stderr}`)
  return stdout.trim()
}

async function post(url: string, token: string, path: string, body: object): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(200)
  return answer.json()
}

function subscription(name: string, host: string) {
  const p256dh = createECDH('prime256v1').generateKeys().toString('base64url')
  const keys = { p256dh, auth: randomBytes(16).toString('base64url') }
  return { name, subscription: { endpoint: `https://${host}/send/${name}`, keys } }
}

function report(status: string, over: object = {}) {
  return {
    browser: 'br_firefox00',
    user_agent: FIREFOX,
    at: new Date().toISOString(),
    checks: BROWSER_CHECKS.map(code => ({ code, status, detail: `${code} ended as ${status}` })),
    ...over,
  }
}

describe('`ec doctor --user`', () => {
  it('says that no agent runs, which is the whole answer then', async () => {
    const found = await diagnose(makeHome(), ['--user', 'ana'])
    expect(found.checks).toHaveLength(1)
    expect(found.find('agent.reachable')).toMatchObject({ status: 'fail', hint: 'start one with `ec agent`' })
  })

  it('says of somebody whom nobody knows that there is no such user, and does not mend users', async () => {
    const { home, doctor } = await open()
    expect((await doctor()).find('user.known')).toMatchObject({
      status: 'fail',
      hint: 'look the id up with `ec users list`',
    })
    expect((await runCli(home, ['doctor', '--user', 'ana', '--fix'])).code).toBe(2)
  })

  it('sends somebody who never opened a page to /diagnostics, and fails as long as nothing reaches', async () => {
    const { url, ec, doctor } = await open()
    await ec('emit', '--user', 'ana', '--type', 'job.done')
    const found = await doctor()
    expect(found.code).toBe(5)
    expect(found.find('user.known').status).toBe('ok')
    expect(found.find('user.reach')).toMatchObject({ status: 'fail', hint: expect.stringContaining('/diagnostics') })
    expect(found.find('user.pages').status).toBe('skip')
    expect(found.find('user.devices').status).toBe('warn')
    expect(found.find('user.email')).toMatchObject({
      status: 'warn',
      detail: 'this agent has no mail server',
      hint: 'set one up with `ec setup email`',
    })
    expect(found.find('user.last').detail).toMatch(/^job\.done \d+ s ago: .*push suppress \(unreachable\)/)
    expect(found.find('user.reports')).toMatchObject({
      status: 'warn',
      detail: 'no browser has reported yet',
      hint: `let the person open ${url}/diagnostics`,
    })
    expect(found.find('browser.permission')).toMatchObject({ status: 'skip', detail: 'no browser has reported yet' })
    expect(found.find('push.vapid').status).toBe('skip')
  })

  it('tells what the person wished, until it is taken back', async () => {
    const { ec, doctor } = await open()
    const quiet = ['prefs', 'quiet-hours', '--user', 'ana']
    await ec(...quiet, '--from', '00:00', '--to', '00:00', '--days', 'mon,tue,wed,thu,fri,sat')
    await ec(...quiet, '--from', '00:00', '--to', '23:59')
    await ec('prefs', 'mute', '--user', 'ana', '--type', '*')
    await ec('prefs', 'set', '--user', 'ana', '--type', '*', '--push', 'off')
    const silent = await doctor()
    // One minute of the day is not quiet.
    if (new Date().toISOString().slice(11, 16) !== '23:59') {
      expect(silent.find('user.quiet')).toMatchObject({
        status: 'warn',
        detail: expect.stringMatching(/^pushes and mail are held until /),
        hint: 'wait, or change them: `ec prefs quiet-hours --user ana`',
      })
    }
    expect(silent.find('user.mutes')).toMatchObject({
      status: 'fail',
      detail: '*',
      hint: 'take one away: `ec prefs unmute --user ana`',
    })
    expect(silent.find('user.switches')).toMatchObject({ status: 'warn', detail: 'push switched off for everything' })
    await ec(...quiet, '--off')
    await ec('prefs', 'unmute', '--user', 'ana', '--type', '*')
    await ec('prefs', 'set', '--user', 'ana', '--type', '*', '--push', 'on')
    const heard = await doctor()
    for (const code of ['user.quiet', 'user.mutes', 'user.switches', 'user.governor']) {
      expect(heard.find(code).status).toBe('ok')
    }
    expect(heard.find('user.governor').status).toBe('ok')
    expect(heard.find('user.snoozed')).toMatchObject({ status: 'ok' })
  })

  it('tells of each browser which key it has, what its push service said, and what it showed', async () => {
    // Nobody listens there, so a send fails and is remembered.
    const host = `localhost:${await freePort()}`
    const { url, ec, doctor } = await open({ EC_PUSH_HOSTS: host })
    const token = await ec('token', 'ana')
    await ec('setup', 'vapid', '--subject', 'mailto:ops@example.org')
    await post(url, token, '/api/push/subscribe', subscription('phone', host))
    const found = await doctor()
    expect(found.find('user.reach')).toMatchObject({ status: 'ok', detail: '1 browser' })
    expect(found.find('user.devices').detail).toMatch(/^phone \(seen \d+ s ago, key [0-9a-f]{16}\)$/)
    expect(found.find('user.keys').status).toBe('ok')
    expect(found.find('user.sends')).toMatchObject({ status: 'ok', detail: 'nothing was sent yet' })
    expect(found.find('user.shown').status).toBe('ok')
    await ec('setup', 'vapid', '--subject', 'mailto:ops@example.org', '--rotate')
    expect((await doctor()).find('user.keys').detail).toBe('some by an older key, which serves them still')
    const [{ id }] = JSON.parse(await ec('devices', 'list', '--user', 'ana', '--json')).devices
    const trial = await post(url, token, '/api/push/test', { device: id, nonce: 'nonce-123' })
    expect(trial).toMatchObject({ device: id, event: 'evt_test-nonce-123', outcome: 'retry' })
    const failed = (await doctor()).find('user.sends')
    expect(failed).toMatchObject({
      status: 'fail',
      hint: 'see `ec devices list --user ana`, and try one with `ec devices test`',
    })
    expect(failed.detail).toMatch(/^phone: .*ago$/)
  })

  it('reads each check from the last report of each browser, and says how old that is', async () => {
    const { home, url, ec, doctor } = await open()
    const token = await ec('token', 'ana')
    await post(url, token, '/api/diagnostics', report('fail'))
    const found = await doctor()
    expect(found.find('user.reports')).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/^Firefox on Linux \d+ s ago$/),
    })
    const read = [
      found.find('browser.agent'),
      found.find('browser.session'),
      found.find('browser.secure'),
      found.find('browser.storage'),
      found.find('browser.cookies'),
      found.find('browser.installed'),
      found.find('browser.worker.supported'),
      found.find('browser.worker.registered'),
      found.find('browser.worker.current'),
      found.find('browser.worker.answers'),
      found.find('browser.permission'),
      found.find('browser.push.supported'),
      found.find('browser.push.subscribed'),
      found.find('browser.push.key'),
      found.find('browser.push.known'),
      found.find('browser.push.sent'),
      found.find('browser.push.test'),
      found.find('browser.push.seen'),
      found.find('browser.actions'),
      found.find('browser.badge'),
      found.find('browser.ws.connect'),
      found.find('browser.ws.signed'),
      found.find('browser.ws.trip'),
      found.find('browser.ws.replay'),
      found.find('browser.sse'),
      found.find('browser.clock'),
      found.find('browser.sound'),
      found.find('browser.camera'),
      found.find('browser.microphone'),
      found.find('browser.power'),
    ]
    expect(read.map(({ code }) => code)).toEqual(BROWSER_CHECKS)
    for (const { code, status, detail } of read) {
      expect(status).toBe('fail')
      expect(detail).toMatch(new RegExp(`^Firefox on Linux, \\d+ s ago: ${code} ended as fail$`))
    }
    expect(found.code).toBe(5)

    // What works in another browser is no failure any more; what nobody could see is left out.
    await post(
      url,
      token,
      '/api/diagnostics',
      report('ok', { browser: 'br_chrome000', user_agent: CHROME, help: true }),
    )
    const both = await doctor()
    expect(both.find('browser.permission')).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(/^Firefox on Linux, /),
    })
    expect(both.find('user.reports').detail).toMatch(
      /^Chrome on Windows \d+ s ago, asked for help \d+ s ago; Firefox on/,
    )
    await post(url, token, '/api/diagnostics', report('unknown'))
    expect((await doctor()).find('browser.permission').status).toBe('ok')

    const help = JSON.parse(await ec('events', 'list', '--user', 'me', '--json')).events
    expect(help).toMatchObject([{ type: 'system.alert', title: 'ana asks for help with notifications' }])
    const exported = JSON.parse(await ec('users', 'export', 'ana'))
    expect(exported.diagnostics).toMatchObject([{ browser: 'br_firefox00' }, { browser: 'br_chrome000' }])
    const { stdout } = await runCli(home, ['doctor', '--user', 'ana'])
    expect(stdout).toContain('notifications are allowed: Chrome on Windows')
  })
})
