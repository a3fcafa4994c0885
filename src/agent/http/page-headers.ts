/**
 * What a page of our own may do: nothing but load and ask what this agent serves. Nothing in it is code but the files that
 * it names, and no text becomes code or HTML in it.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
] as const

/** The headers of our own pages. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': POLICY.join('; '),
  'x-content-type-options': 'nosniff',
  // Where a link of an event leads need not know where it was clicked.
  'referrer-policy': 'no-referrer',
  // What a page opens cannot reach back into it.
  'cross-origin-opener-policy': 'same-origin',
  'x-robots-tag': 'noindex, nofollow',
}
