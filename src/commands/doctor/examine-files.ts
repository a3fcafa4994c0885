import { chmodSync, closeSync, constants, fchmodSync, fstatSync, lstatSync, openSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { judge } from '../../core/check.ts'
import { CONFIG_KEYS } from '../../core/config-keys.ts'
import { reportConfig } from '../../core/config-layers.ts'
import { EcError } from '../../core/errors.ts'
import { expandHome } from '../../core/expand-home.ts'
import { peekList, peekString } from '../../core/peek.ts'
import type { Examination, Finding, Mend } from './finding.ts'
import { octal } from './octal.ts'
import { skipAll } from './run-examinations.ts'
import type { Scene } from './scene.ts'

interface OpenFile {
  readonly path: string
  readonly mode: number
}

/** Files that hold secrets, wherever they lie, are for their owner alone. */
export function examineFiles(scene: Scene): Examination {
  return {
    codes: ['files.private'],
    deadlineMs: 8_000,
    async examine() {
      if (process.platform === 'win32') {
        return skipAll(['files.private'], 'Windows keeps rights in its own way', 'nothing to do')
      }
      const open = [...(await inDataFolder(scene)), ...(await elsewhere(scene))].filter(
        ({ path, mode }, i, all) => (mode & 0o077) !== 0 && all.findIndex(other => other.path === path) === i,
      )
      const unseen = scene.paths !== null && (await scene.folder()) instanceof EcError
      if (unseen && open.length === 0) {
        return skipAll(['files.private'], 'the data folder does not answer', 'look at its disk')
      }
      return [judgeFiles(open, scene.paths?.masterKey ?? null)]
    },
  }
}

function judgeFiles(open: readonly OpenFile[], masterKey: string | null): Finding {
  if (open.length === 0) return judge('files.private', 'ok')
  const names = open.map(({ path, mode }) => `${path} is ${octal(mode)}`)
  const detail = names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`
  // With a key that others can read the agent does not even start.
  const status = open.some(({ path }) => path === masterKey) ? 'fail' : 'warn'
  return { ...judge('files.private', status, detail), mend: closes(open) }
}

async function inDataFolder(scene: Scene): Promise<readonly OpenFile[]> {
  const facts = scene.paths === null ? null : await scene.folder()
  return facts === null || facts instanceof EcError ? [] : (facts.files ?? [])
}

/** Configuration with a password in it, the secrets of webhooks, the list of trusted files, and the key for `--url`. */
async function elsewhere({ context, configInput }: Scene): Promise<readonly OpenFile[]> {
  const { files } = await reportConfig(configInput).catch(() => ({ files: [] }))
  const secretKeys = Object.entries(CONFIG_KEYS).flatMap(([key, { secret }]) => (secret ? [key] : []))
  const withSecrets = files.filter(({ settings }) => secretKeys.some(key => settings.has(key)))
  const hooks = withSecrets.flatMap(({ settings }) => peekList(settings.get('channels.webhook')?.value))
  const secretFiles = hooks.map(hook => peekString(hook, 'secret_file')).filter(path => path !== '')
  const { tokenFile } = context
  return [
    ...withSecrets.map(({ path }) => path),
    ...secretFiles.map(path => expandHome(path, context.env['HOME'] ?? '/')),
    join(configInput.configDir, 'trust.json'),
    ...(tokenFile === null || tokenFile === '-' ? [] : [resolve(context.cwd, tokenFile)]),
  ].flatMap(path => {
    const stats = lstatSync(path, { throwIfNoEntry: false })
    return stats?.isFile() ? [{ path, mode: stats.mode }] : []
  })
}

function closes(open: readonly OpenFile[]): Mend {
  return {
    steps: open.map(({ path, mode }) => `chmod 600 ${path} (now ${octal(mode)})`),
    run: async () => open.map(({ path, mode }) => `${path}: ${octal(mode)} -> ${octal(close(path))}`),
  }
}

/** Takes the rights of others away; a file by its descriptor, never through a link that was put there meanwhile. */
function close(path: string): number {
  // The operator's socket cannot be opened; it lies in a folder that others cannot change.
  if (lstatSync(path).isSocket()) {
    chmodSync(path, 0o600)
    return lstatSync(path).mode
  }
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  try {
    fchmodSync(fd, 0o600)
    return fstatSync(fd).mode
  } finally {
    closeSync(fd)
  }
}
