import { spawnSync } from 'node:child_process'
import { readlinkSync } from 'node:fs'

/** A small disk that only the process behind the wrapper sees; it vanishes with that process. */
export interface PrivateDisk {
  /** Stands before the command. */
  readonly wrapper: readonly string[]
}

/** As mount takes them: `size=32m,mode=700`, `ro`. */
export type MountOptions = string

const NAMESPACES = [
  // Without root, in a user namespace of one's own.
  ['unshare', '--user', '--map-root-user', '--mount'],
  ['unshare', '--mount'],
] as const

/** Mounts a tmpfs on `dir` in a namespace of its own and runs the command there, in the same process. */
export function privateDisk(dir: string, options: MountOptions): PrivateDisk {
  const namespace = NAMESPACES.find(works)
  if (namespace === undefined) throw new Error('no private mounts here: ask whyNoPrivateDisk first')
  return { wrapper: [...namespace, 'sh', '-c', `mount -t tmpfs -o ${options} none "$0" && exec "$@"`, dir] }
}

/** Why there can be none here; null when there can. */
export function whyNoPrivateDisk(): string | null {
  return NAMESPACES.some(works) ? null : 'a tmpfs cannot be mounted here: it takes root or user namespaces'
}

/** Where a path of that process is found from outside. */
export function seenFromOutside(pid: number, path: string): string {
  return `/proc/${pid}/root${path}`
}

/** Stands before a command that is to see what that process sees. */
export function besideProcess(pid: number): readonly string[] {
  const own = readlinkSync('/proc/self/ns/user') === readlinkSync(`/proc/${pid}/ns/user`)
  return ['nsenter', '-t', String(pid), ...(own ? [] : ['--user', '--preserve-credentials']), '--mount', '--']
}

function works(namespace: readonly string[]): boolean {
  const [command = '', ...args] = namespace
  return spawnSync(command, [...args, 'sh', '-c', 'mount -t tmpfs none /tmp']).status === 0
}
