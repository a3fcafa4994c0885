/** Where a link of an event may lead from a page: http and https alone; null for anything else. */
export function safeLink(
  url: string,
  page: { readonly href: string; readonly origin: string },
): { readonly href: string; readonly isOurs: boolean } | null {
  if (!URL.canParse(url, page.href)) return null
  const { href, protocol, origin } = new URL(url, page.href)
  return protocol === 'https:' || protocol === 'http:' ? { href, isOurs: origin === page.origin } : null
}
