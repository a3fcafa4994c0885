import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createSystemClock } from '#ec/core/clock.js'
import { startSandbox, type Sandbox, type SandboxOptions } from '#ec/sandbox/start-sandbox.js'
import { makeHome, startAgentProcess, type AgentProcess, type Home } from './cli.ts'

export interface GoogleHome {
  readonly home: Home
  readonly sandbox: Sandbox
  /** The file that Google gives for a client of a desktop app. */
  readonly clientFile: string
  startAgent(args?: readonly string[]): Promise<AgentProcess>
}

const CLIENT = {
  installed: {
    client_id: '100000000001-ec.apps.googleusercontent.com',
    client_secret: 'the-client-secret',
    project_id: 'ec-demo',
    redirect_uris: ['http://localhost'],
  },
}

/** A home whose Google is a sandbox in this process, and whose browser consents to whatever page it is shown. */
export async function makeGoogleHome(options: Partial<SandboxOptions> = {}): Promise<GoogleHome> {
  const sandbox = await startSandbox({ clock: createSystemClock(), ...options })
  onTestFinished(() => sandbox.close())
  const { home, clientFile } = makeConsentingHome(sandbox.urls.env)
  return { home, sandbox, clientFile, startAgent: args => startAgentProcess(home, args) }
}

/** A home whose Google stands where `env` says, with a browser that consents to whatever page it is shown. */
export function makeConsentingHome(env: Readonly<Record<string, string>>): Pick<GoogleHome, 'home' | 'clientFile'> {
  const plain = makeHome()
  const browser = join(plain.dir, 'browser')
  const script = `#!/bin/sh\nexec '${process.execPath}' -e 'fetch(process.argv[1]).catch(() => {})' "$1"\n`
  writeFileSync(browser, script, { mode: 0o755 })
  const clientFile = join(plain.dir, 'client_secret.json')
  writeFileSync(clientFile, JSON.stringify(CLIENT))
  return { home: { ...plain, env: { ...plain.env, ...env, BROWSER: browser } }, clientFile }
}
