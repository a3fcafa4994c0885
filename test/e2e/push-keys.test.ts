import { createECDH, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { makeHome, runCli, startAgentProcess } from '../support/cli.ts'

describe('Web Push from the command line', () => {
  it('makes a key, lists the browser that subscribed with it, and forgets it', async () => {
    const home = makeHome()
    const agent = await startAgentProcess(home)
    const bad = await runCli(home, ['setup', 'vapid', '--subject', 'mailto:you@localhost'])
    expect(bad.code).not.toBe(0)
    expect(bad.stderr).toContain('push services refuse localhost')

    const made = await runCli(home, ['setup', 'vapid', '--subject', 'mailto:you@example.org'])
    expect(made).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[\w-]{87}\n$/) })
    expect(made.stderr).toMatch(/^[0-9a-f]{16}: made, for mailto:you@example.org/)
    expect((await runCli(home, ['setup', 'vapid', '--subject', 'mailto:you@example.org'])).stdout).toBe(made.stdout)

    const token = (await runCli(home, ['token', 'ana'])).stdout.trim()
    const keys = {
      p256dh: createECDH('prime256v1').generateKeys().toString('base64url'),
      auth: randomBytes(16).toString('base64url'),
    }
    const answer = await fetch(`${agent.ready.url}/api/push/subscribe`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        subscription: { endpoint: 'https://fcm.googleapis.com/fcm/send/x', keys },
        name: 'Phone',
      }),
    })
    expect(answer.status).toBe(200)

    const listed = JSON.parse((await runCli(home, ['devices', 'list', '--json'])).stdout)
    expect(listed.devices).toMatchObject([{ user: 'ana', name: 'Phone', last_ok_at: null }])
    const [{ id }] = listed.devices
    expect(JSON.parse((await runCli(home, ['users', 'export', 'ana'])).stdout).devices).toEqual(listed.devices)
    expect((await runCli(home, ['devices', 'remove', id])).stderr).toContain(`${id}: removed`)
    expect((await runCli(home, ['devices', 'list'])).stderr).toContain('no devices')
    const gone = await runCli(home, ['devices', 'test', id])
    expect(gone.code).not.toBe(0)
    expect(gone.stderr).toContain('no such device')
    expect(await agent.stop()).toBe(0)
  })
})
