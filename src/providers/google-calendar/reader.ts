import type { Reader } from '../provider.ts'
import { describeChange } from './describe-change.ts'
import { occurrences } from './occurrences.ts'
import { LIST_VERSION, readPage } from './read-page.ts'

/** The events of a calendar, series as series. */
export const reader: Reader = {
  version: LIST_VERSION,
  whole: true,
  sharedTargets: true,
  readPage,
  describe: describeChange,
  occurrences,
}
