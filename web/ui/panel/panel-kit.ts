import type { PanelWord } from '../../words/panel.ts'
import type { Say } from '../../words/say.ts'
import type { Kit } from '../kit.ts'

/** What the parts of the panel are handed. */
export interface PanelKit {
  readonly kit: Kit
  /** The words of the panel; those of the kit are the ones of the first paint. */
  readonly tell: Say<PanelWord>
  /** The types that everybody has. */
  readonly builtIn: readonly string[]
  /** What a type of events is called; a type of somebody's own is called by its name. */
  nameOf(type: string): string
}
