import { tmpdir } from 'node:os'

/** Where the platform keeps a program's files (XDG on Linux, Library on macOS, AppData on Windows). */
export interface Places {
  readonly configDir: string
  readonly dataDir: string
  /** For sockets whose path would be too long elsewhere. */
  readonly runtimeDir: string
}

export async function findPlaces(env: Readonly<Record<string, string | undefined>>): Promise<Places> {
  const { default: envPaths } = await import('env-paths')
  const { config, data } = envPaths('eventcenter', { suffix: '' })
  return { configDir: config, dataDir: data, runtimeDir: env['XDG_RUNTIME_DIR'] || tmpdir() }
}
