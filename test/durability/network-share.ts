import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withScratch } from '../support/scratch.ts'
import { tempDir } from '../support/temp-dir.ts'

/** A folder of another machine, as far as this one can tell: sshfs, whose other end is a process here. */
export interface NetworkShare {
  /** Stands before the command; what it starts sees the share, and all of it ends with the command. */
  readonly wrapper: readonly string[]
}

/** `answers`, or its server has stopped to: whoever touches the folder waits. */
export type ShareState = 'answers' | 'hangs'

const NAMESPACE = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'] as const
const NAMESPACES = [
  // Without root, in a user namespace of one's own.
  ['unshare', '--user', '--map-root-user', ...NAMESPACE],
  ['unshare', ...NAMESPACE],
] as const

/** Where distributions keep what answers at the other end. */
const SERVER = ['/usr/lib/openssh', '/usr/libexec/openssh', '/usr/lib/ssh', '/usr/libexec']
  .map(folder => join(folder, 'sftp-server'))
  .find(existsSync)

const SCRIPT = `sshfs -o ssh_command="$0/connect",umask=077 far:"$0/far" "$1" || exit 99
test "$2" = answers || kill -STOP "$(cat "$0/pid")"
shift 2
"$@"`

/** Mounts a share on `dir`, which is there. */
export function networkShare(dir: string, state: ShareState = 'answers'): NetworkShare {
  const namespace = NAMESPACES.find(works)
  if (namespace === undefined) throw new Error('no network share here: ask whyNoNetworkShare first')
  return { wrapper: wrap(namespace, tempDir(), dir, state) }
}

/** Why there can be none here; null when there can. */
export function whyNoNetworkShare(): string | null {
  if (SERVER === undefined) return 'sftp-server is not installed'
  return NAMESPACES.some(works) ? null : 'sshfs is not installed, or cannot mount here'
}

function works(namespace: readonly string[]): boolean {
  return withScratch(folder => {
    const near = join(folder, 'near')
    mkdirSync(near)
    const [command = '', ...args] = wrap(namespace, folder, near, 'answers')
    return spawnSync(command, [...args, 'true']).status === 0
  })
}

/** `folder` takes what the share is made of. */
function wrap(namespace: readonly string[], folder: string, dir: string, state: ShareState): readonly string[] {
  mkdirSync(join(folder, 'far'))
  const connect = `#!/bin/sh\necho $$ > "${folder}/pid"\nexec "${SERVER}"\n`
  writeFileSync(join(folder, 'connect'), connect, { mode: 0o755 })
  return [...namespace, 'sh', '-c', SCRIPT, folder, dir, state]
}
