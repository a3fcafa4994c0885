import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readAgentFile, writeAgentFile } from '#ec/core/agent-file.js'
import { tempDir } from '../../support/temp-dir.ts'

describe('agent.json', () => {
  it('tells how the agent is reached, to its owner alone', () => {
    const file = join(tempDir(), 'agent.json')
    const agent = { url: 'http://127.0.0.1:1', socket: '/s', version: '1.0.0', pid: 7, secret: null }
    writeAgentFile(file, agent)
    expect(readAgentFile(file)).toEqual(agent)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('is null when there is none', () => expect(readAgentFile(join(tempDir(), 'agent.json'))).toBeNull())

  it.each(['', '{', '{}', '[]', 'null', '{"url":1,"socket":"s","version":"v","pid":1}'])(
    'that is damaged is told: %j',
    text => {
      const file = join(tempDir(), 'agent.json')
      writeFileSync(file, text)
      expect(() => readAgentFile(file)).toThrow(/is damaged/)
    },
  )
})
