import { isObject } from '../shared/is-object.ts'
import type { ClickMessage } from '../shared/messages.ts'
import { choosePage, isAt } from './choose-page.ts'
import type { Ports, SitePage } from './ports.ts'

/** How long a page has to say that it shows it itself. */
const ANSWER_MS = 300

/**
 * Brings the person to what was clicked, in a page that is there if it can, else in a new one. The message goes first:
 * a page that shows it itself is led nowhere. Then the focus: leading it elsewhere first would use the click up, and a
 * refused focus must not keep the message from it. Resolves with whether a page took it. Never rejects.
 */
export async function openLink(ports: Ports, message: ClickMessage): Promise<boolean> {
  const { url } = message
  const page = await findPage(ports, url)
  if (page === null) return openNew(ports, url)
  const asked = ports.ask(page.page, message, ANSWER_MS).then(isTaken, () => false)
  const there = isAt(page.page, url)
  // It cannot be led anywhere, and a focus in vain would use up the click that a new window needs.
  if (!there && !page.controlled && !(await asked)) return openNew(ports, url)
  try {
    await page.page.focus()
  } catch {
    return openNew(ports, url)
  }
  if (await asked) return true
  if (there) return false
  const led = await page.page.navigate(url).catch(() => null)
  return led === null ? openNew(ports, url) : false
}

async function findPage(
  ports: Ports,
  url: string,
): Promise<{ readonly page: SitePage; readonly controlled: boolean } | null> {
  // Another site's page can only be opened.
  if (new URL(url).origin !== ports.origin) return null
  try {
    const [all, controlled] = await Promise.all([ports.pages(false), ports.pages(true)])
    const page = choosePage(all, url)
    return page === null ? null : { page, controlled: controlled.some(({ id }) => id === page.id) }
  } catch {
    return null
  }
}

async function openNew(ports: Ports, url: string): Promise<false> {
  await ports.openPage(url).catch(() => null)
  return false
}

function isTaken(answer: unknown): boolean {
  return isObject(answer) && answer['ec'] === 'taken'
}
