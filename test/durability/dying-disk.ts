import { spawnSync } from 'node:child_process'
import { withScratch } from '../support/scratch.ts'
import { tempDir } from '../support/temp-dir.ts'

/** A disk that breaks: it takes what it is given no longer, and the kernel reports I/O errors. */
export interface DyingDisk {
  /** Stands before the command; the disk is broken when the command begins, and vanishes with it. */
  readonly wrapper: readonly string[]
}

/** A block device whose backing has nothing left: each of its writes fails, as those of a dying disk do. */
const SCRIPT = `mount -t tmpfs -o size=16m none "$0" || exit 99
truncate -s 512m "$0/disk" && mkfs.ext4 -q "$0/disk" && mount -o loop,sync "$0/disk" "$1" || exit 99
chmod 700 "$1"
dd if=/dev/zero of="$0/filler" bs=64k 2>/dev/null
shift
exec "$@"`

/** Mounts it on `dir`, which is there. */
export function dyingDisk(dir: string): DyingDisk {
  return { wrapper: wrap(tempDir(), dir) }
}

/** Why there can be none here; null when there can. */
export function whyNoDyingDisk(): string | null {
  return withScratch(folder => {
    const [command = '', ...args] = wrap(folder, folder)
    return spawnSync(command, [...args, 'true']).status === 0 ? null : 'a loop device takes root, and mkfs.ext4'
  })
}

/** `folder` is where the backing is mounted. */
function wrap(folder: string, dir: string): readonly string[] {
  return ['unshare', '--mount', 'sh', '-c', SCRIPT, folder, dir]
}
