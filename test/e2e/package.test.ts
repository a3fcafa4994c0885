import { spawn } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { finish } from '../support/cli.ts'
import { openStandIn, sendJson } from '../support/stand-in.ts'

describe('the package', () => {
  it('gives a service its client by name, and keeps no process alive', async () => {
    const agent = await openStandIn((_request, response) => sendJson(response, 202, { id: 'evt_1', seq: 1 }))
    const service = `
      import { createClient, EcError } from 'eventcenter'
      const ec = createClient({ url: process.argv[1], token: 'key' })
      const { id } = await ec.emit({ user_id: 'ana', type: 'job.done', title: 'Ready', body: '' })
      const away = createClient({ url: 'http://127.0.0.1:1', retries: 1 })
      const error = await away.status().catch(thrown => thrown)
      console.log(JSON.stringify([id, error instanceof EcError, error.code]))`
    const child = spawn(process.execPath, ['--input-type=module', '-e', service, agent.url])
    expect(await finish(child)).toEqual({ code: 0, stdout: '["evt_1",true,"EC_AGENT_UNREACHABLE"]\n', stderr: '' })
  })

  it('exports nothing but its client', async () => {
    expect(Object.keys(await import('eventcenter')).toSorted()).toEqual(['EcError', 'createClient'])
  })
})
