import type { Language } from '../../shared/language.ts'
import type { FixName } from '../check.ts'
import type { ExaminationState } from '../examination.ts'
import { fillIn, WORDS } from '../words/words.ts'
import type { LoadGuide } from './guide.ts'
import { List } from './list.ts'
import { make } from './make.ts'
import { summarise } from './summary.ts'

/** What the person can press beside the fixes. */
export interface BoardActions {
  readonly again: () => void
  readonly fix: (name: FixName) => void
  /** Rejects with why it could not be done. */
  readonly copy: () => Promise<void>
  readonly help: () => Promise<void>
  readonly loadGuide: LoadGuide
}

/** Everything that was found: the worst in one line, all checks, and what can be done with the whole. */
export class Board {
  readonly element = make('div', { class: 'board' })
  readonly #language: Language
  readonly #list: List
  readonly #summary = make('div', { class: 'summary' })
  readonly #sign = make('span', { class: 'sign', 'aria-hidden': 'true' })
  readonly #text = make('p', { class: 'text', role: 'status' })
  readonly #trouble = make('p', { class: 'trouble', role: 'alert', hidden: '' })
  readonly #note = make('p', { class: 'note' })
  readonly #done = make('p', { class: 'note', role: 'status' })

  constructor(language: Language, actions: BoardActions) {
    this.#language = language
    const { page } = WORDS[language]
    this.#list = new List(language, actions.fix, actions.loadGuide)
    const again = button(page.again, 'quiet', actions.again)
    again.dataset['action'] = 'again'
    const copy = button(page.copy, 'quiet', () => void this.#say(actions.copy(), page.copied, () => page.uncopied))
    copy.dataset['action'] = 'copy'
    const help = button(page.help, 'quiet', () => {
      void this.#say(actions.help(), page.helped, reason => fillIn(page.unhelped, () => reason))
    })
    help.dataset['action'] = 'help'
    this.#summary.append(this.#sign, this.#text, again)
    const foot = make('div', { class: 'foot' }, make('div', { class: 'buttons' }, copy, help), this.#done, this.#note)
    this.element.append(this.#summary, this.#trouble, this.#list.element, foot)
  }

  update(state: ExaminationState, now: number): void {
    const { status, text } = summarise(state, this.#language)
    this.#summary.dataset['status'] = status
    this.#sign.textContent = { ok: '✓', warn: '!', fail: '✕', running: '…' }[status]
    if (this.#text.textContent !== text) this.#text.textContent = text
    const { page } = WORDS[this.#language]
    const { trouble } = state
    this.#trouble.hidden = trouble === null
    this.#trouble.textContent = trouble === null ? '' : fillIn(page.trouble, () => trouble.reason)
    this.#list.update(state, now)
  }

  /** Whether the operator has what was found. */
  sent(isSent: boolean): void {
    this.#note.textContent = WORDS[this.#language].page[isSent ? 'sent' : 'unsent']
  }

  async #say(work: Promise<void>, done: string, failed: (reason: string) => string): Promise<void> {
    this.#done.textContent = await work.then(
      () => done,
      (error: unknown) => failed(error instanceof Error ? error.message : String(error)),
    )
  }
}

function button(text: string, look: string, press: () => void): HTMLButtonElement {
  const made = make('button', { type: 'button', class: look }, text)
  made.addEventListener('click', press)
  return made
}
