import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readClientFile } from '#ec/commands/setup-google/client-file.js'
import { tempDir } from '../../../support/temp-dir.ts'

function fileOf(content: unknown): string {
  const path = join(tempDir(), 'client_secret.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const CLIENT = { client_id: 'id', client_secret: 'secret', project_id: 'ec-demo' }

describe('the file of an OAuth client', () => {
  it('is that of a desktop app, which may be led anywhere on this machine', () => {
    const path = fileOf({ installed: { ...CLIENT, redirect_uris: ['http://localhost'] } })
    expect(readClientFile(path)).toEqual({ id: 'id', secret: 'secret', project: 'ec-demo', registered: null })
  })

  it('is that of a web application that may lead here', () => {
    const redirect_uris = ['https://example.org/back', 'http://127.0.0.1:53682/']
    const { registered } = readClientFile(fileOf({ web: { ...CLIENT, redirect_uris } }))
    expect(registered?.href).toBe('http://127.0.0.1:53682/')
  })

  it('is refused when it may not, or is something else', () => {
    const web = { web: { ...CLIENT, redirect_uris: ['https://example.org/back'] } }
    expect(() => readClientFile(fileOf(web))).toThrow('may not lead to this machine')
    for (const other of ['{', {}, { type: 'service_account' }, { installed: {} }]) {
      expect(() => readClientFile(fileOf(other))).toThrow('is not the file of an OAuth client')
    }
    expect(() => readClientFile('/nowhere/client.json')).toThrow('is not there')
  })
})
