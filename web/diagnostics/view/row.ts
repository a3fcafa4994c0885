import type { ReportStatus } from '../../../src/core/browser-report.ts'
import type { Language } from '../../shared/language.ts'
import type { CheckCode, FixName, Result } from '../check.ts'
import { tell, WORDS } from '../words/words.ts'
import { GUIDED, type LoadGuide } from './guide.ts'
import { make, prose } from './make.ts'

const SIGNS: Readonly<Record<ReportStatus | 'running', string>> = {
  ok: '✓',
  warn: '!',
  fail: '✕',
  unknown: '?',
  skipped: '–',
  running: '…',
}

export interface RowState {
  readonly result: Result | null
  readonly isRunning: boolean
  /** Something is being done, so that nothing else can be pressed. */
  readonly fixing: FixName | null
  readonly now: number
}

/** One check: how it is, what is wrong, the one thing to do, and buttons for it. */
export class Row {
  readonly element: HTMLLIElement
  readonly #language: Language
  readonly #sign = make('span', { class: 'sign', 'aria-hidden': 'true' })
  readonly #word = make('span', { class: 'word' })
  readonly #says = make('p', { class: 'says' })
  readonly #does = make('p', { class: 'does' })
  readonly #steps = make('ol', { class: 'steps', hidden: '' })
  readonly #buttons = make('div', { class: 'buttons' })
  readonly #loadGuide: LoadGuide
  #guided: string | null = null
  readonly #press: (fix: FixName) => void
  #shown = ''

  constructor(code: CheckCode, language: Language, press: (fix: FixName) => void, loadGuide: LoadGuide) {
    this.#language = language
    this.#press = press
    this.#loadGuide = loadGuide
    const title = make('h3', { class: 'title' }, WORDS[language].titles[code], ' ', this.#word)
    const body = make('div', { class: 'body' }, title, this.#says, this.#does, this.#steps, this.#buttons)
    this.element = make('li', { class: 'row', 'data-code': code, tabindex: '-1' }, this.#sign, body)
  }

  update({ result, isRunning, fixing, now }: RowState): void {
    const status = result?.status ?? 'running'
    this.element.dataset['status'] = isRunning && result === null ? 'running' : status
    this.element.dataset['state'] = result?.state ?? ''
    this.element.ariaBusy = String(isRunning)
    this.#sign.textContent = SIGNS[status]
    this.#word.textContent = WORDS[this.#language].page[`${status}-word`]
    const { says, does = '' } = result === null ? { says: '' } : tell(result, this.#language, now)
    void this.#guide(result)
    const fixes = result?.fixes ?? []
    const shown = JSON.stringify([says, does, fixes, fixing])
    // What has not changed stays, and with it where the focus is.
    if (shown === this.#shown) return
    this.#shown = shown
    this.#says.replaceChildren(...prose(says))
    this.#does.replaceChildren(...prose(does))
    this.#does.hidden = does === ''
    this.#showButtons(fixes, fixing)
  }

  /** The steps of this very browser, where there are some; the sentence alone where they cannot be had. */
  async #guide(result: Result | null): Promise<void> {
    const status = (result === null ? undefined : GUIDED[result.state]) ?? null
    if (status === this.#guided) return
    this.#guided = status
    const steps =
      status === null
        ? []
        : await this.#loadGuide(status).then(
            guide => guide.steps,
            () => [],
          )
    if (this.#guided !== status) return
    this.#steps.replaceChildren(...steps.map(step => make('li', {}, step)))
    this.#steps.hidden = steps.length === 0
  }

  #showButtons(fixes: readonly FixName[], fixing: FixName | null): void {
    const old = [...this.#buttons.querySelectorAll('button')]
    const hadFocus = old.some(button => button.matches(':focus'))
    const buttons = fixes.map(fix => {
      const known = old.find(button => button.dataset['fix'] === fix)
      return known ?? this.#makeButton(fix)
    })
    for (const button of buttons) button.ariaDisabled = String(fixing !== null)
    if (buttons.length !== old.length || buttons.some((button, i) => button !== old[i])) {
      this.#buttons.replaceChildren(...buttons)
    }
    this.#buttons.hidden = buttons.length === 0
    // Whoever pressed a button that is gone stays where it was.
    if (hadFocus && !buttons.some(button => old.includes(button))) this.element.focus()
  }

  #makeButton(fix: FixName): HTMLButtonElement {
    const button = make('button', { type: 'button', 'data-fix': fix }, WORDS[this.#language].fixes[fix])
    button.addEventListener('click', () => {
      if (button.ariaDisabled !== 'true') this.#press(fix)
    })
    return button
  }
}
