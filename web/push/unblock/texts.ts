import type { Language } from '../../shared/language.ts'
import type { Place, System } from './place.ts'

/** What a person reads. `SITE` stands for the address of the site, `BROWSER` for the browser's name. */
export interface GuideTexts {
  /** In the place of a name that is not known. */
  readonly browser: string
  readonly deniedTitle: string
  readonly denied: Readonly<Record<Place, readonly string[]>>
  readonly installTitle: string
  readonly install: readonly string[]
  /** When the browser lets it through and nothing shows all the same. */
  readonly system: Readonly<Record<System, string>>
  readonly insecureTitle: string
  readonly insecure: readonly string[]
  readonly unsupportedTitle: string
  readonly unsupported: readonly string[]
  readonly oldIosTitle: string
  readonly oldIos: readonly string[]
}

export type GuideCatalogue = Readonly<Record<Language, GuideTexts>>
