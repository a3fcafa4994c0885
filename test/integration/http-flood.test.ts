import { describe, expect, it } from 'vitest'
import { githubPush, openDoors } from '../unit/agent/http/doors.js'
import { RawConnection, until } from '../unit/agent/http/raw.js'

const KIB = 1024
const ACCOUNT = 8 * 1024 * KIB

describe('a flood of requests that never end', () => {
  it('takes no more memory than its account, and does not keep honest senders out', async () => {
    const doors = await openDoors({ listeners: { limits: { unverifiedBytes: ACCOUNT, slowBodyMs: 50 } } })
    const { id } = await doors.addResource()
    const head = `POST /webhooks/github/${id} HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\n`
    const flood = Array.from({ length: 200 }, () => new RawConnection(doors.listeners.port))
    for (const connection of flood) await connection.write(head + 'a'.repeat(60 * KIB))
    await until(() => doors.listeners.memory().unverified > ACCOUNT - 70 * KIB)
    const answers: number[] = []
    for (let i = 0; i < 10; i += 1) {
      // More than what happens to be left over when the account is full.
      const sent = githubPush(JSON.stringify({ ref: 'x'.repeat(500 * KIB), n: i }))
      const response = await fetch(`${doors.url}/webhooks/github/${id}`, { method: 'POST', ...sent })
      answers.push(response.status)
      expect(doors.listeners.memory().unverified).toBeLessThanOrEqual(ACCOUNT)
    }
    expect(answers).toEqual(Array(10).fill(202))
    for (const connection of flood) connection.end()
    await until(() => doors.listeners.memory().unverified === 0)
  })
})
