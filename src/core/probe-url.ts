import { Agent, request } from 'undici'

/** What one GET has met. A redirect is an answer like any other: it is not followed. */
export type ProbeResult =
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
      /** At most 64 KiB of it. */
      readonly body: string
      readonly askedAt: number
      readonly answeredAt: number
    }
  | { readonly kind: 'dns' | 'refused' | 'tls' | 'timeout' | 'network'; readonly reason: string }

const MAX_BODY = 64 * 1024

/**
 * Asks one URL once, for diagnoses: no retry, no cookie, no credential, no redirect, and it is no API call of a provider
 * that would be counted. Never rejects. `now` is the wall clock.
 */
export async function probeUrl(url: string, signal: AbortSignal, now: () => number): Promise<ProbeResult> {
  const agent = new Agent({ connect: { timeout: 10_000 }, pipelining: 0 })
  try {
    const askedAt = now()
    const response = await request(url, { dispatcher: agent, signal, headers: { 'user-agent': 'ec-doctor' } })
    const answeredAt = now()
    return {
      kind: 'answer',
      status: response.statusCode,
      headers: response.headers,
      body: await readSome(response.body),
      askedAt,
      answeredAt,
    }
  } catch (error) {
    return { kind: signal.aborted ? 'timeout' : kindOf(error), reason: reasonOf(error) }
  } finally {
    void agent.destroy().catch(() => {})
  }
}

async function readSome(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= MAX_BODY) break
  }
  return Buffer.concat(chunks).subarray(0, MAX_BODY).toString('utf8')
}

const TLS_CODES =
  /^(CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO|INVALID_CA|PATH_LENGTH)/

function kindOf(error: unknown): 'dns' | 'refused' | 'tls' | 'timeout' | 'network' {
  const code = codeOf(error)
  if (/^(ENOTFOUND|EAI_)/.test(code)) return 'dns'
  if (code === 'ECONNREFUSED') return 'refused'
  if (TLS_CODES.test(code)) return 'tls'
  return /TIMEOUT|ETIMEDOUT/.test(code) ? 'timeout' : 'network'
}

function reasonOf(error: unknown): string {
  const code = codeOf(error)
  return code === '' ? String(error) : code
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if ('code' in error && typeof error.code === 'string') return error.code
  // Several addresses were tried: any of their faults tells.
  if (error instanceof AggregateError) return codeOf(error.errors[0])
  return codeOf(error.cause)
}
