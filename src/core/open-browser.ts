import { spawn } from 'node:child_process'

/**
 * Opens a page in the person's browser, as well as it can be done: `BROWSER` names another program, `none` no one. Whether
 * a page opened is not known, so its address is to be shown too.
 */
export function openBrowser(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): void {
  const chosen = env['BROWSER']
  if (chosen === 'none') return
  const [command = '', ...args] = chosen ? [chosen] : (OPENERS[platform] ?? ['xdg-open'])
  const child = spawn(command, [...args, url], { stdio: 'ignore', detached: true })
  // None there: the person has the address.
  child.on('error', () => {})
  child.unref()
}

/** No shell reads the address. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
}
