/**
 * The type of the file system that a path lies on, as `ext4` or `fuse.sshfs`, by Linux's table of mounts (`mountinfo` of
 * proc(5)). Pure; `path` is absolute and without links. Null when the table does not tell.
 */
export function findMountType(table: string, path: string): string | null {
  let found: { readonly at: string; readonly type: string } | null = null
  for (const line of table.split('\n')) {
    const [before = '', after = ''] = line.split(' - ')
    const at = unescape(before.split(' ')[4] ?? '')
    const type = after.split(' ')[0] ?? ''
    if (type === '' || !isIn(path, at)) continue
    // Of two on one folder the later lies above.
    if (found === null || at.length >= found.at.length) found = { at, type }
  }
  return found?.type ?? null
}

function isIn(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}

/** The kernel writes a blank as `\040`. */
function unescape(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
