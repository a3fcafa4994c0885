import { expect, it } from 'vitest'
import { Supervisor } from '#ec/agent/supervisor.js'
import { silentLog } from '#ec/core/log.js'

it('stops parts in the reverse order of their start, each once', async () => {
  const stopped: string[] = []
  const supervisor = new Supervisor(silentLog)
  for (const name of ['store', 'stages', 'doors']) supervisor.add(name, () => void stopped.push(name))
  await supervisor.stop()
  await supervisor.stop()
  expect(stopped).toEqual(['doors', 'stages', 'store'])
})

it('stops the others too when one fails, and throws the first error', async () => {
  const stopped: string[] = []
  const supervisor = new Supervisor(silentLog)
  supervisor.add('store', () => void stopped.push('store'))
  supervisor.add('stages', () => Promise.reject(new Error('stages')))
  supervisor.add('doors', () => {
    throw new Error('doors')
  })
  await expect(supervisor.stop()).rejects.toThrow('doors')
  expect(stopped).toEqual(['store'])
})
