import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import puppeteer, { type Browser as Firefox } from 'puppeteer-core'

/** Of the system; null where there is none, and then the tests that need it skip. `EC_CHROMIUM` names another. */
export const CHROMIUM = find(process.env['EC_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/google-chrome')
export const FIREFOX = find(process.env['EC_FIREFOX'], '/usr/bin/firefox-esr', '/usr/bin/firefox')

// Nobody asks for what is not there: a closed network answers each of Chromium's own requests with a wait.
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
]

/** The first of Chromium's contexts is thrown away with it: one browser a file, one context a test. */
export async function launchChromium(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM ?? '', args: [...QUIET, ...args] })
}

/** A Chromium with a profile of its own, as Web Push needs; `dir` given, it is the profile of an earlier one. */
export async function launchProfile(
  options: {
    readonly dir?: string
    readonly args?: readonly string[]
    readonly origin?: string
    readonly env?: Readonly<Record<string, string>>
  } = {},
): Promise<{ readonly context: BrowserContext; readonly dir: string }> {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'ec-chromium-'))
  const context = await chromium.launchPersistentContext(dir, {
    executablePath: CHROMIUM ?? '',
    args: [...QUIET, ...(options.args ?? [])],
    // Push needs what is called background networking; the tests name servers of their own for it.
    ignoreDefaultArgs: ['--disable-background-networking'],
    ...(options.env === undefined ? {} : { env: { ...cleanEnv(), ...options.env } }),
  })
  if (options.origin !== undefined) await context.grantPermissions(['notifications'], { origin: options.origin })
  return { context, dir }
}

/** A Firefox with preferences of the test's, driven by WebDriver BiDi. */
export async function launchFirefox(
  preferences: Readonly<Record<string, string | number | boolean>> = {},
  userDataDir?: string,
  env?: Readonly<Record<string, string>>,
): Promise<Firefox> {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX ?? '',
    headless: true,
    extraPrefsFirefox: { 'network.proxy.type': 0, ...preferences },
    ...(userDataDir === undefined ? {} : { userDataDir }),
    ...(env === undefined ? {} : { env: { ...cleanEnv(), ...env } }),
  })
}

/** What axe finds wrong on the page, in words; shadow roots are looked into. */
export async function findBarriers(page: Page): Promise<readonly string[]> {
  // Not as a script of the page, which a strict policy does not let in.
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
  return page.evaluate(async () => {
    const axe: { run(): Promise<{ violations: { id: string; help: string; nodes: { html: string }[] }[] }> } =
      Reflect.get(globalThis, 'axe')
    const { violations } = await axe.run()
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' | ')}`)
  })
}

/** Removes the folder of a profile; browsers that just ended may still hold a file of it. */
export function removeProfile(dir: string): void {
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
}

function cleanEnv(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

function find(...candidates: readonly (string | undefined)[]): string | null {
  return candidates.find(path => path !== undefined && existsSync(path)) ?? null
}
