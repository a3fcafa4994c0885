import { describe, expect, it } from 'vitest'
import { githubPush, openDoors } from '../unit/agent/http/doors.js'
import { RawConnection, until } from '../unit/agent/http/raw.js'

const MIB = 1024 * 1024

describe('a flood of requests that never end', () => {
  it('takes no more memory than its account, and does not keep honest senders out', async () => {
    const doors = await openDoors({ listeners: { limits: { slowBodyMs: 50 } } })
    const { id } = await doors.addResource()
    const half = Buffer.alloc(512 * 1024, 'a')
    const before = process.memoryUsage().arrayBuffers
    const flood = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const connection = new RawConnection(doors.listeners.port)
        await connection.write(`POST /webhooks/github/${id} HTTP/1.1\r\nHost: x\r\nContent-Length: ${20 * MIB}\r\n\r\n`)
        await connection.write(half)
        return connection
      }),
    )
    await until(() => doors.listeners.memory().unverified > 40 * MIB)
    const answers: number[] = []
    for (let i = 0; i < 50; i += 1) {
      const sent = githubPush(JSON.stringify({ ref: 'x'.repeat(i * 2000), n: i }))
      const response = await fetch(`${doors.url}/webhooks/github/${id}`, { method: 'POST', ...sent })
      answers.push(response.status)
      expect(doors.listeners.memory().unverified).toBeLessThanOrEqual(64 * MIB)
    }
    expect(answers).toEqual(Array(50).fill(202))
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(160 * MIB)
    for (const connection of flood) connection.end()
    await until(() => doors.listeners.memory().unverified === 0)
  })
})
