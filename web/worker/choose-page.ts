import type { SitePage } from './ports.ts'

/** The page that a click shows: one that is there already, else the one that is looked at, else one that can be seen, else any. */
export function choosePage(pages: readonly SitePage[], url: string): SitePage | null {
  return (
    pages.find(page => page.url === url) ??
    pages.find(page => isAt(page, url)) ??
    pages.find(({ focused }) => focused) ??
    pages.find(({ visible }) => visible) ??
    pages[0] ??
    null
  )
}

/** A page keeps its place within itself in the fragment; a link without one means the whole page. */
export function isAt(page: Pick<SitePage, 'url'>, url: string): boolean {
  if (page.url === url) return true
  return !url.includes('#') && page.url.split('#', 1)[0] === url
}
