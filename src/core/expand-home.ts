import { join } from 'node:path'

/** `~/x` as a path below `home`; any other path as it is. */
export function expandHome(path: string, home: string): string {
  return path.startsWith('~/') ? join(home, path.slice(2)) : path
}
