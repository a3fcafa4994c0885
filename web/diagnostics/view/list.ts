import type { Language } from '../../shared/language.ts'
import type { CheckCode, FixName } from '../check.ts'
import { CHECKS, GROUPS, type Group } from '../checks/index.ts'
import type { ExaminationState } from '../examination.ts'
import { fillIn, WORDS } from '../words/words.ts'
import type { LoadGuide } from './guide.ts'
import { make } from './make.ts'
import { Row } from './row.ts'

/** All checks in groups: what needs a look stands open, what is fine is folded away under its number. */
export class List {
  readonly element = make('div', { class: 'list' })
  readonly #rows = new Map<CheckCode, Row>()
  readonly #groups: readonly GroupView[]

  constructor(language: Language, press: (fix: FixName) => void, loadGuide: LoadGuide) {
    this.#groups = GROUPS.map(group => {
      const rows = CHECKS[group].map(({ code }) => {
        const row = new Row(code, language, press, loadGuide)
        this.#rows.set(code, row)
        return row
      })
      return new GroupView(group, rows, language)
    })
    this.element.append(...this.#groups.map(({ element }) => element))
  }

  update({ results, running, fixing }: ExaminationState, now: number): void {
    const byCode = new Map(results.map(result => [result.code, result]))
    for (const [code, row] of this.#rows) {
      row.update({ result: byCode.get(code) ?? null, isRunning: running.has(code), fixing, now })
    }
    for (const group of this.#groups) group.sort()
  }
}

const FOLDED: ReadonlySet<string | undefined> = new Set(['ok', 'skipped'])

class GroupView {
  readonly element: HTMLElement
  readonly #rows: readonly Row[]
  readonly #open = make('ul', { class: 'rows' })
  readonly #folded = make('ul', { class: 'rows' })
  readonly #count = make('summary')
  readonly #details: HTMLDetailsElement
  readonly #language: Language

  constructor(group: Group, rows: readonly Row[], language: Language) {
    this.#rows = rows
    this.#language = language
    this.#details = make('details', { class: 'fine' }, this.#count, this.#folded)
    const title = make('h2', {}, WORDS[language].groups[group])
    this.element = make('section', { 'data-group': group }, title, this.#open, this.#details)
  }

  /** Each row where it belongs, in its order; rows that are in place are not touched. */
  sort(): void {
    const folded = this.#rows.filter(
      ({ element }) => FOLDED.has(element.dataset['status']) && !element.matches(':focus-within'),
    )
    place(
      this.#open,
      this.#rows.filter(row => !folded.includes(row)),
    )
    place(this.#folded, folded)
    this.#open.hidden = folded.length === this.#rows.length
    this.#details.hidden = folded.length === 0
    this.#count.textContent = fillIn(WORDS[this.#language].page.more, () => String(folded.length))
  }
}

function place(list: HTMLUListElement, rows: readonly Row[]): void {
  const wanted = rows.map(({ element }) => element)
  if (wanted.length === list.children.length && wanted.every((element, i) => element === list.children[i])) return
  list.replaceChildren(...wanted)
}
