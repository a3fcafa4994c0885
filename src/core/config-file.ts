import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { devNull } from 'node:os'
import { checkLayer, flattenSettings, type RawSettings } from './config-layer.ts'
import type { ConfigProblem } from './config-problem.ts'
import { isErrno } from './errno.ts'
import { EcError } from './errors.ts'

export interface ConfigFile {
  readonly path: string
  /** SHA-256 of the bytes that were read, hex: what trust is tied to. */
  readonly hash: string
  readonly settings: RawSettings
  readonly problems: readonly ConfigProblem[]
}

/** A configuration is a page of text; more is another kind of file, named by mistake. */
const MAX_BYTES = 1024 * 1024

/**
 * Reads and checks a configuration file; null when there is none. `EC_FILE` when it cannot be read, `EC_CONFIG_INVALID`
 * when it is none.
 */
export async function readConfigFile(path: string): Promise<ConfigFile | null> {
  const bytes = readBytes(path)
  if (bytes === null) return null
  const hash = createHash('sha256').update(bytes).digest('hex')
  const { parseYamlDocument } = await import('./yaml-document.ts')
  const document = parseYamlDocument(bytes.toString('utf8'))
  const at = (line: number | null) => (line === null ? path : `${path}:${line}`)
  if (document.error !== null) {
    const problem = { source: at(document.error.line), path: '', message: document.error.message }
    return { path, hash, settings: new Map(), problems: [problem] }
  }
  const sourceOf = (keys: readonly PropertyKey[]) => at(document.lineOf(keys))
  const problems = await checkLayer(document.value, sourceOf)
  return { path, hash, settings: flattenSettings(document.value, sourceOf), problems }
}

function readBytes(path: string): Buffer | null {
  try {
    checkKind(path)
    const bytes = readFileSync(path)
    if (bytes.length <= MAX_BYTES) return bytes
  } catch (cause) {
    if (cause instanceof EcError) throw cause
    if (isErrno(cause, 'ENOENT')) return null
    throw new EcError('EC_FILE', `${path} cannot be read`, { cause })
  }
  throw new EcError('EC_FILE', `${path} is too large for a configuration file`, {
    hint: `a configuration has at most ${MAX_BYTES} bytes; name another file`,
  })
}

/** To read a pipe is to wait for whoever writes into it; the null device is the usual name for no file at all. */
function checkKind(path: string): void {
  const found = statSync(path)
  if (found.isFile() || path === devNull) return
  const kind = found.isDirectory() ? 'a folder' : found.isFIFO() ? 'a pipe' : 'a device or socket'
  throw new EcError('EC_CONFIG_INVALID', `${path} is ${kind}, and no configuration file`, {
    hint: 'put a file in its place, or take it away',
  })
}
