import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CHANNEL_LIST, createDispatchers } from '#ec/agent/dispatch/index.js'
import { OUTLET_CHANNELS } from '#ec/core/event.js'
import { createTestWorld } from '../support/dispatch-world.js'

it('has a line in the list for every channel that an operator sets up, and none beside them', () => {
  expect(Object.keys(CHANNEL_LIST)).toEqual([...OUTLET_CHANNELS])
  const world = createTestWorld()
  expect(createDispatchers(world)).toEqual([])
  world.channels.exec.push({ name: 'a', command: ['true'], timeout_s: 1 })
  const closed = { allow_http: false, allow_private: false }
  world.channels.webhook.push({ name: 'b', url: 'https://hooks.example/', secret_env: 'B', ...closed })
  expect(createDispatchers(world).map(({ channel }) => channel)).toEqual([...OUTLET_CHANNELS])
})

it.each(Object.keys(CHANNEL_LIST))(
  '%s has a file of its own, runs through the contract and stands in the docs',
  channel => {
    expect(existsSync(`src/agent/dispatch/${channel}/${channel}-dispatcher.ts`)).toBe(true)
    expect(readFileSync('test/contract/dispatcher-outlets.test.ts', 'utf8')).toContain(
      `describeDispatcher('${channel}'`,
    )
    expect(readFileSync('docs/channels.md', 'utf8')).toContain(`\`${channel}\``)
  },
)
