import { chmodSync } from 'node:fs'
import type { CheckCode } from '../../core/check-codes.ts'
import { judge } from '../../core/check.ts'
import { checkSpace } from '../../core/disk-space.ts'
import { EcError } from '../../core/errors.ts'
import { makeFolder } from '../../core/make-folder.ts'
import type { Examination, Finding } from './finding.ts'
import { judgeInodes, judgeNetwork } from './judge-disk.ts'
import type { FolderFacts } from './look-at-folder.ts'
import { octal } from './octal.ts'
import { skipAll } from './run-examinations.ts'
import type { Scene } from './scene.ts'

const CODES = [
  'data.folder',
  'data.owner',
  'data.mode',
  'data.writable',
  'data.network',
  'store.disk.space',
  'store.disk.inodes',
] as const satisfies readonly CheckCode[]

/** The data folder itself, and the disk that it is on. */
export function examineFolder(scene: Scene): Examination {
  return {
    codes: CODES,
    deadlineMs: 8_000,
    async examine() {
      if (scene.paths === null) return skipAll(CODES, 'the agent is on another machine', 'run `ec doctor` there')
      const facts = await scene.folder()
      if (facts instanceof EcError) throw facts
      return judgeFolder(scene.paths.dir, facts)
    },
  }
}

function judgeFolder(dir: string, facts: FolderFacts): readonly Finding[] {
  const { folder } = facts
  const [first, ...others] = CODES
  if (folder?.error === 'ENOENT') {
    const missing = judge(
      first,
      'warn',
      `${dir} does not exist`,
      '`ec agent` makes it at its first start, and so does `ec doctor --fix`',
    )
    return [{ ...missing, mend: makes(dir) }, ...skipAll(others, 'there is no data folder yet', 'start the agent')]
  }
  if (folder === undefined || !folder.isFolder) {
    const what = folder?.error ?? null
    const detail = what === null ? `${dir} is a file` : `${dir} cannot be looked at (${what})`
    return [
      judge(first, 'fail', detail),
      ...skipAll(others, 'there is no data folder', 'choose another with --data-dir'),
    ]
  }
  return [
    judge(first, 'ok', dir),
    judgeOwner(dir, folder.uid),
    judgeMode(dir, folder.mode, folder.uid),
    judgeWrite(dir, facts.write),
    judgeNetwork(facts.mount),
    checkSpace(facts.disk ?? null),
    judgeInodes(facts.disk),
  ]
}

/** Null on Windows, where the rights of the profile hold. */
function myself(): number | null {
  return process.getuid?.() ?? null
}

function judgeOwner(dir: string, uid: number): Finding {
  const me = myself()
  if (me === null) return judge('data.owner', 'skip', 'Windows keeps owners in its own way', 'nothing to do')
  if (me === uid) return judge('data.owner', 'ok')
  const detail = `${dir} belongs to user ${uid}, and this is user ${me}`
  // Root can do everything here, and leaves behind what the owner cannot open.
  return judge(
    'data.owner',
    me === 0 ? 'warn' : 'fail',
    detail,
    `run \`ec\` as user ${uid}, or choose another folder with --data-dir`,
  )
}

function judgeMode(dir: string, mode: number, uid: number): Finding {
  const me = myself()
  if (me === null) return judge('data.mode', 'skip', 'Windows keeps rights in its own way', 'nothing to do')
  if ((mode & 0o077) === 0 && (mode & 0o700) === 0o700) return judge('data.mode', 'ok', octal(mode))
  const result = judge('data.mode', (mode & 0o077) === 0 ? 'fail' : 'warn', `${dir} is ${octal(mode)}, not 700`)
  if (me !== uid && me !== 0) return { ...result, hint: `as its owner: chmod 700 ${dir}` }
  return {
    ...result,
    mend: {
      steps: [`chmod 700 ${dir} (now ${octal(mode)})`],
      run: async () => {
        chmodSync(dir, 0o700)
        return [`${dir}: ${octal(mode)} -> 700`]
      },
    },
  }
}

function makes(dir: string) {
  return {
    steps: [`make ${dir}, mode 700`],
    run: async () => {
      makeFolder(dir)
      return [`${dir}: none -> made, mode 700`]
    },
  }
}

function judgeWrite(dir: string, write: string | null | undefined): Finding {
  if (write === null) return judge('data.writable', 'ok')
  if (write === undefined) {
    return judge('data.writable', 'fail', `a write to ${dir} does not end`, 'look at that disk or network share')
  }
  const detail = `${dir}: ${WRITE_FAULTS[write] ?? `a file cannot be written there (${write})`}`
  return write === 'ENOSPC' || write === 'EDQUOT'
    ? judge('data.writable', 'fail', detail, 'free some space on the disk of the data folder')
    : judge('data.writable', 'fail', detail)
}

const WRITE_FAULTS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: "this user's share of the disk is used up",
  EIO: 'the disk reports an error',
}
