import type { CenterState, Item } from '../center/center.ts'
import type { Kit } from './kit.ts'
import type { LoadLater } from './load-later.ts'
import type { QuestionDialog } from './later.ts'

/** Puts questions over the page, when that disturbs nobody. */
export interface Questions {
  /** False: not now; whoever asks finds another way. */
  ask(item: Item, mayDisturb: () => boolean): Promise<boolean>
  update(state: CenterState): void
  readonly isOpen: boolean
  close(): void
}

/** `onturn`: something lies over the page from now on, or no longer. */
export function createQuestions(
  kit: Kit,
  place: HTMLElement,
  load: LoadLater,
  onturn: (isOpen: boolean) => void,
): Questions {
  let dialog: QuestionDialog | null = null

  async function ask(item: Item, mayDisturb: () => boolean): Promise<boolean> {
    if (!mayDisturb()) return false
    if (dialog === null) {
      const { createQuestionDialog } = await load()
      dialog ??= createQuestionDialog(kit, () => onturn(false))
      place.append(dialog.element)
    }
    if (!mayDisturb()) return false
    const now = kit.center.state.items.find(({ event }) => event.id === item.event.id) ?? item
    // It may have been answered elsewhere meanwhile.
    if (now.question?.state !== 'open') return true
    dialog.ask(now)
    onturn(true)
    return true
  }

  return {
    ask: (item, mayDisturb) => ask(item, mayDisturb).catch(() => false),
    update: ({ items }) => dialog?.update(items),
    get isOpen() {
      return dialog?.element.open === true
    },
    close() {
      dialog?.close()
      dialog?.element.remove()
    },
  }
}
