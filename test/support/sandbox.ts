import { onTestFinished } from 'vitest'
import { startSandbox, type Sandbox, type SandboxOptions } from '#ec/sandbox/start-sandbox.js'
import { FakeClock } from './fake-clock.js'

/** JSON of whatever shape; tests look at parts of it. */
export type Parsed = ReturnType<typeof JSON.parse>

/** What a service answered. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Parsed
}

export interface TestSandbox extends Sandbox {
  readonly clock: FakeClock
  /** As the first account, with a token for everything. */
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
}

/** Pages are whole unless a test says otherwise. */
const PLAIN = { empty_page_rate: 0, short_page_rate: 0 }

/** A sandbox on a clock that stands still; it goes with the test. */
export async function openSandbox(options: Partial<SandboxOptions> = {}): Promise<TestSandbox> {
  const clock = new FakeClock()
  const manners = { ...PLAIN, ...Object(options.manners) }
  const sandbox = await startSandbox({ clock, ...options, manners })
  onTestFinished(() => sandbox.close())
  const token = sandbox.control.token()
  return {
    ...sandbox,
    clock,
    call: (method, path, body, headers = {}) =>
      send(sandbox.urls.google + path, method, body, { authorization: `Bearer ${token}`, ...headers }),
  }
}

export async function send(
  url: string,
  method: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    redirect: 'manual',
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
}

/** A meeting of half an hour at 10:00 in Madrid on a day of January 2026. */
export function meeting(day = 6, more: Readonly<Record<string, unknown>> = {}) {
  const date = `2026-01-${String(day).padStart(2, '0')}`
  const at = (time: string) => ({ dateTime: `${date}T${time}:00`, timeZone: 'Europe/Madrid' })
  return { summary: `Meeting on the ${day}th`, start: at('10:00'), end: at('10:30'), ...more }
}
