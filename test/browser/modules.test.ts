import { createServer } from 'node:http'
import { readFileSync, readdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CHROMIUM, FIREFOX, findBarriers, launchChromium, launchFirefox } from '../support/browsers.js'

const MODULE = join(import.meta.dirname, '..', '..', 'dist', 'web', 'client.js')

describe('the module of the notification center', () => {
  it('has under 25 KB gzipped', () => {
    expect(gzipSync(readFileSync(MODULE)).byteLength).toBeLessThan(25 * 1024)
  })

  it('is one file: what it loads later it asks for by itself', () => {
    const code = readFileSync(MODULE, 'utf8')
    expect(code.match(/\b(from|import)"[^"]+"/g)).toBeNull()
    const parts = [...code.matchAll(/import\("\.\/client\/([^"]+)"\)/g)].map(([, name]) => name)
    expect(parts.toSorted()).toEqual(readdirSync(join(MODULE, '..', 'client')).filter(name => name.endsWith('.js')))
  })

  it.skipIf(CHROMIUM === null)('loads in Chromium (skips where there is none)', async () => {
    const browser = await launchChromium()
    onTestFinished(() => browser.close())
    const page = await browser.newPage()
    await page.goto(await servePage())
    expect(await page.evaluate("import('/client.js').then(module => typeof module.CenterError)")).toBe('function')
    expect(await findBarriers(page)).toEqual([])
  })

  it.skipIf(FIREFOX === null)('loads in Firefox (skips where there is none)', async () => {
    const browser = await launchFirefox()
    onTestFinished(() => browser.close())
    const page = await browser.newPage()
    await page.goto(await servePage())
    expect(await page.evaluate("import('/client.js').then(module => typeof module.CenterError)")).toBe('function')
  })
})

async function servePage(): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === '/client.js') response.setHeader('content-type', 'text/javascript').end(readFileSync(MODULE))
    else
      response
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1></main></html>')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return `http://localhost:${port}/`
}
