import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { makeHome, startAgentProcess } from '../support/cli.ts'
import { diagnose } from '../support/doctor.ts'
import { freePort, listen } from '../support/free-port.ts'

describe('ports', () => {
  it('says who holds the port, and what to choose instead', async () => {
    const home = makeHome()
    const server = await listen()
    const { port } = server.address() as AddressInfo
    const found = await diagnose(home, [], { env: { EC_HTTP_PORT: String(port), EC_PUBLIC_PORT: String(port) } })
    expect(found.find('port.http')).toMatchObject({
      status: 'fail',
      detail: expect.stringContaining(`listens on 127.0.0.1:${port}`),
      hint: 'choose another with --port or `http.port`',
    })
    expect(found.find('port.public')).toMatchObject({ status: 'fail', hint: 'choose another with `public.port`' })
    if (process.platform === 'linux') {
      expect(found.find('port.http').detail).toContain(`(process ${process.pid})`)
    }
  })

  it('says that another agent has it', async () => {
    const other = await startAgentProcess(makeHome())
    const { port } = new URL(other.ready.url)
    expect((await diagnose(makeHome(), [], { env: { EC_HTTP_PORT: port } })).find('port.http')).toMatchObject({
      status: 'fail',
      detail: expect.stringMatching(/^another ec agent .*listens on/),
      hint: 'stop it, or choose another port with --port or `http.port`',
    })
  })

  it('finds both of its ports taken by its own agent', async () => {
    const home = makeHome()
    const [http, open] = [await freePort(), await freePort()]
    await startAgentProcess(home, ['--port', String(http)], { EC_PUBLIC_PORT: String(open) })
    const found = await diagnose(home, [], { env: { EC_HTTP_PORT: String(http), EC_PUBLIC_PORT: String(open) } })
    expect(found.find('port.http')).toMatchObject({ status: 'ok', detail: `our agent listens on ${http}` })
    expect(found.find('port.public')).toMatchObject({ status: 'ok', detail: `our agent listens on ${open}` })
  })

  it('says that an address is not of this machine', async () => {
    const found = await diagnose(makeHome(), [], { env: { EC_HTTP_HOST: '192.0.2.1' } })
    expect(found.find('port.http')).toMatchObject({
      status: 'fail',
      detail: '192.0.2.1 is no address of this machine',
      hint: 'choose another with --host or `http.host`',
    })
  })
})
