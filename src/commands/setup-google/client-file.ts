import { z } from 'zod'
import { EcError } from '../../core/errors.ts'
import { isLoopback } from '../../core/judge-endpoints.ts'
import { readTextIfAny } from '../../core/private-file.ts'

/** The OAuth client that a sign-in goes by. */
export interface GivenClient {
  readonly id: string
  readonly secret: string | null
  /** Of Google Cloud; null when the file does not say. */
  readonly project: string | null
  /** Where the browser may be led back to, where it may not be just anywhere on this machine. */
  readonly registered: URL | null
}

const clientSchema = z.object({
  client_id: z.string().min(1),
  client_secret: z.string().min(1).optional(),
  project_id: z.string().optional(),
  redirect_uris: z.array(z.string()).default([]),
})
const fileSchema = z.union([z.object({ installed: clientSchema }), z.object({ web: clientSchema })])

/** Reads the file that Google gives for a client: of a desktop app, or of a web application that may lead to this machine. */
export function readClientFile(path: string): GivenClient {
  const text = readTextIfAny(path)
  if (text === null) throw new EcError('EC_FILE', `${path} is not there`, { hint: FILE_HINT })
  const read = fileSchema.safeParse(parse(text))
  if (!read.success) {
    throw new EcError('EC_FILE', `${path} is not the file of an OAuth client`, { hint: FILE_HINT })
  }
  const file = read.data
  if ('installed' in file) return { ...common(file.installed), registered: null }
  const registered = file.web.redirect_uris.map(uri => (URL.canParse(uri) ? new URL(uri) : null)).find(isHere)
  if (registered) return { ...common(file.web), registered }
  throw new EcError('EC_CONFIG_INVALID', 'the OAuth client is of a web application, and may not lead to this machine', {
    hint:
      'make a client of the type "Desktop app" at https://console.cloud.google.com/auth/clients, ' +
      'or add the redirect URI http://127.0.0.1:53682/ to this one and get the file anew',
  })
}

const FILE_HINT = 'get it with "Download JSON" at https://console.cloud.google.com/auth/clients'

function common({ client_id: id, client_secret: secret, project_id: project }: z.infer<typeof clientSchema>) {
  return { id, secret: secret ?? null, project: project ?? null }
}

function isHere(url: URL | null): url is URL {
  return url !== null && url.protocol === 'http:' && isLoopback(url.hostname) && url.hostname !== '[::1]'
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
