import { request } from 'node:http'
import type { TestAgent } from './agent.js'

/** A token that reads and answers as a user, asked for at the operator's door. */
export async function userToken({ socket }: Pick<TestAgent, 'socket'>, user: string, ttl_s = 3600): Promise<string> {
  const { token } = JSON.parse(
    await new Promise<string>((resolve, reject) => {
      const headers = { 'content-type': 'application/json' }
      const asked = request({ socketPath: socket, path: '/api/tokens', method: 'POST', headers }, answer => {
        let text = ''
        answer
          .setEncoding('utf8')
          .on('data', (more: string) => (text += more))
          .on('end', () => resolve(text))
      })
      asked.on('error', reject).end(JSON.stringify({ user, ttl_s }))
    }),
  )
  return token
}
