import type { Store } from '../../../../backends/store.ts'
import type { StopClaim } from '../page-tokens.ts'
import { kindOf } from '../render/view-of.ts'
import { pickLanguage } from '../words/language.ts'
import { WORDS } from '../words/words.ts'
import type { PageView } from './page.ts'

/** The page behind the link that ends mail: RFC 8058, and for people with two buttons. */
export interface StopPage {
  show(claim: StopClaim): Promise<PageView | null>
  /**
   * Whatever was posted means that no mail of this type is wanted, since mail programs post in their own way; `scope=all`
   * means none at all. Takes effect at once. Null: there is no such user any more.
   */
  submit(claim: StopClaim, form: Readonly<Record<string, string>>): Promise<PageView | null>
}

export function createStopPage(options: {
  readonly store: Pick<Store, 'getUser'>
  readonly stopEmail: (userId: string, type: string | null) => Promise<void>
}): StopPage {
  const { store, stopEmail } = options

  async function view({ userId, type }: StopClaim, stopped: 'one' | 'all' | null): Promise<PageView | null> {
    const user = await store.getUser(userId)
    if (user === null) return null
    const language = pickLanguage(user.lang)
    const words = WORDS[language].pages
    const kind = kindOf({ type }, language).label
    const one = { name: 'scope', value: 'type', label: words.stopOne(kind), look: 'first', text: null } as const
    const all = { name: 'scope', value: 'all', label: words.stopAll, look: null, text: null } as const
    return {
      status: 200,
      language,
      notice: stopped === null ? null : stopped === 'all' ? words.stoppedAll : words.stoppedOne(kind),
      title: words.stopTitle,
      body: [],
      forms: stopped === null ? [one, all] : stopped === 'one' ? [all] : [],
      after: words.stillComes,
    }
  }

  return {
    show: claim => view(claim, null),
    async submit(claim, form) {
      if ((await store.getUser(claim.userId)) === null) return null
      const all = form['scope'] === 'all'
      await stopEmail(claim.userId, all ? null : claim.type)
      return view(claim, all ? 'all' : 'one')
    },
  }
}
