import { createHmac } from 'node:crypto'

export const SECRET = 'a-secret-of-the-benchmark'

/** A push of about 1 KB as GitHub sends it, signed; `n` makes it a delivery of its own. */
export function signedPush(n) {
  const push = {
    ref: 'refs/heads/main',
    commits: [{ id: String(n), message: 'Describe the change' }],
    repository: { full_name: 'octo/garden', html_url: 'https://github.com/octo/garden' },
    sender: { login: 'ana' },
    padding: '.'.repeat(800),
  }
  const body = JSON.stringify(push)
  const headers = {
    'content-type': 'application/json',
    'x-github-event': 'push',
    'x-github-delivery': `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
  }
  return { body, headers }
}
