import { EcError } from '../../core/errors.ts'
import type { Resource } from '../../core/resource.ts'

/** The calendar's id at Google. */
export function targetOf({ id, target }: Resource): string {
  if (target !== null && target !== '') return target
  throw new EcError('EC_TARGET_GONE', 'the resource names no calendar', {
    hint: `remove it with \`ec resources remove ${id}\` and add it with --account and --target`,
  })
}
