import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { openAgent } from '../support/agent.js'
import { openStandIn } from '../support/stand-in.js'
import { tempDir } from '../support/temp-dir.js'

const PATIENCE = { timeout: 20_000, interval: 10 } as const

/** An agent with a command for deploys of everybody, one for all of bob's events, and a webhook for all that ann gets. */
async function openOutlets(status = 204) {
  const dir = tempDir()
  const secret_file = join(dir, 'secret')
  writeFileSync(secret_file, `whsec_${randomBytes(32).toString('base64')}`)
  const receiver = await openStandIn((_, response) => void response.writeHead(status).end())
  const command = ['/bin/sh', '-c', 'echo "$EC_USER_ID $EC_EVENT_TYPE" >> "$0"', join(dir, 'log')]
  const agent = await openAgent({
    channels: {
      exec: [
        { name: 'deploys', command, types: ['deploy.*'], timeout_s: 10 },
        { name: 'bobs', command, users: ['bob'], timeout_s: 10 },
      ],
      webhook: [
        { name: 'anns', url: receiver.url, users: ['ann'], secret_file, allow_http: true, allow_private: true },
      ],
    },
  })
  const { client } = agent
  return {
    client,
    receiver,
    emit: (user_id: string, type: string, fields: object = {}) =>
      client.emit({ user_id, type, title: type, body: '', ...fields }),
    ran: () =>
      existsSync(join(dir, 'log')) ? readFileSync(join(dir, 'log'), 'utf8').trim().split('\n').toSorted() : [],
    told: async (id: string, user: string) => (await client.events.trace(id, user)).sentences.join('\n'),
  }
}

describe('an event for which a command or webhook is set up', () => {
  it('is given to each that takes its type and user, and to no other', async () => {
    const { emit, ran, receiver, told } = await openOutlets()
    const { id } = await emit('ann', 'deploy.done')
    await emit('bob', 'deploy.done')
    await emit('bob', 'note.made')
    await emit('cid', 'note.made')
    await vi.waitFor(() => {
      expect(ran()).toEqual(['ann deploy.done', 'bob deploy.done', 'bob deploy.done', 'bob note.made'])
      expect(receiver.seen.map(({ body }) => JSON.parse(body).data.id)).toEqual([id])
    }, PATIENCE)
    await vi.waitFor(async () => {
      const text = await told(id, 'ann')
      expect(text).toContain('exec: the configuration has it sent there.')
      expect(text).toMatch(/^exec: .*deploys/m)
      expect(text).toMatch(/^webhook: .*anns/m)
    }, PATIENCE)
  })

  it('stays where it names its channels itself, and goes where the person lets it', async () => {
    const { client, emit, ran, receiver } = await openOutlets()
    await client.users.preferences.put('bob', { channels: [{ type: 'note.*', exec: false }] })
    await emit('ann', 'deploy.done', { channels: ['ws'] })
    await emit('bob', 'note.made')
    await emit('ann', 'note.made', { channels: ['webhook'] })
    await emit('bob', 'mark.end')
    await vi.waitFor(() => expect(ran()).toEqual(['bob mark.end']), PATIENCE)
    await vi.waitFor(() => expect(receiver.seen).toHaveLength(1), PATIENCE)
  })

  it('comes to a webhook no more once that has answered 410', async () => {
    const { client, emit, receiver, told } = await openOutlets(410)
    const { id } = await emit('ann', 'note.made')
    await vi.waitFor(async () => expect(await told(id, 'ann')).toContain('410'), PATIENCE)
    const { channels } = await client.channels.list()
    expect(channels).toContainEqual(expect.objectContaining({ name: 'anns', state: 'off' }))
    const next = await emit('ann', 'note.made')
    await vi.waitFor(async () => expect(await told(next.id, 'ann')).toContain('or it is switched off'), PATIENCE)
    expect(receiver.seen).toHaveLength(1)
  })
})
