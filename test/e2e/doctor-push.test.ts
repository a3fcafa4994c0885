import { createECDH, randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { makeHome, runCli, startAgentProcess } from '../support/cli.ts'
import { diagnose } from '../support/doctor.ts'

it('the doctor says how push services come to know the agent, and how many devices there are once they do', async () => {
  const home = makeHome()
  const agent = await startAgentProcess(home)
  const before = (await diagnose(home)).find('push.vapid')
  expect(before).toMatchObject({ status: 'skip', detail: 'there is no key for Web Push yet' })
  const [, advice = ''] = /`ec (.*)`/.exec(before.hint ?? '') ?? []
  expect((await runCli(home, advice.split(' '))).code).toBe(0)

  const token = (await runCli(home, ['token', 'ana'])).stdout.trim()
  const keys = {
    p256dh: createECDH('prime256v1').generateKeys().toString('base64url'),
    auth: randomBytes(16).toString('base64url'),
  }
  const answer = await fetch(`${agent.ready.url}/api/push/subscribe`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ subscription: { endpoint: 'https://fcm.googleapis.com/fcm/send/x', keys } }),
  })
  expect(answer.status).toBe(200)
  expect((await diagnose(home)).find('push.vapid')).toMatchObject({
    status: 'ok',
    detail: 'mailto:you@example.org, 1 device',
  })
})
