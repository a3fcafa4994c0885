import type { LaterWord } from '../../words/later.ts'
import type { Say } from '../../words/say.ts'
import type { Kit } from '../kit.ts'

/** What the parts that are loaded later are handed. */
export interface LaterKit {
  readonly kit: Kit
  /** Their words; those of the kit are the ones of the first paint. */
  readonly tell: Say<LaterWord>
  /** The types that everybody has. */
  readonly builtIn: readonly string[]
  /** What a type of events is called; a type of somebody's own is called by its name. */
  nameOf(type: string): string
}
