import { timingSafeEqual } from 'node:crypto'
import { judge, type CheckResult } from '../../core/check.ts'
import { toEcError } from '../../core/errors.ts'
import { readMasterKey } from '../../core/master-key.ts'

/**
 * The running agent has proved its key when it started; what it was read from may be gone by now, and then the next start
 * is refused. `source` is a path, or the name of a variable.
 */
export function checkMasterKey(masterKey: Uint8Array, source: string, file: string): readonly CheckResult[] {
  const fits = judge('key.fits', 'ok')
  if (source !== file) return [judge('key.present', 'ok', `from ${source}`), fits]
  const hint = `bring ${file} back from a backup before the agent ends: without it, it does not start again`
  try {
    const now = readMasterKey(undefined, file)
    if (now === null)
      return [judge('key.present', 'fail', `${file} is gone, and only the running agent has it`, hint), fits]
    const same = now.length === masterKey.length && timingSafeEqual(now, masterKey)
    const here = judge('key.present', 'ok', `from ${source}`)
    return same
      ? [here, fits]
      : [here, judge('key.fits', 'fail', `${file} holds another key than the agent runs with`, hint)]
  } catch (thrown) {
    const error = toEcError(thrown)
    return [judge('key.present', 'fail', error.message, error.hint), fits]
  }
}
