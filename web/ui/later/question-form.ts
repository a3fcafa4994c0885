import type { OptionInput, QuestionOption, QuestionTerms } from '../../../src/core/question.ts'
import type { Item } from '../../center/center.ts'
import type { LaterKit } from './later-kit.ts'
import { sayQuestion } from './say-question.ts'

/** The options of a question, or what became of it. */
export interface QuestionForm {
  readonly element: HTMLElement
  /** Brings it to what is known now. */
  update(item: Item): void
  close(): void
}

const MAX_LABEL = 200
const SECOND_MS = 1000
/** Of the answers that were given in this page. */
const MAX_TAKEN = 200

/** `onanswered`: the agent has taken the answer that the person gave here. */
export function createQuestionForm({ kit, tell }: LaterKit, first: Item, onanswered: () => void): QuestionForm {
  const { say, center, h } = kit
  const terms = termsOf()
  const wasOpen = first.question?.state === 'open'
  const status = h('p', { class: 'status' })
  const alert = h('p', { class: 'fault', role: 'alert' })
  const choices = h('div', { class: 'options', role: 'group', 'aria-label': say('answer') })
  const element = h('div', { class: 'question' }, choices, alert, status)
  let item = first
  let isBusy = false
  const clock = setInterval(draw, SECOND_MS)

  choices.append(
    ...(terms?.options ?? []).map(option => (option.input === null ? plain(option) : withText(option, option.input))),
  )
  draw()

  function plain(option: QuestionOption): HTMLElement {
    return button(option, option.label, () => void answer(option))
  }

  function withText(option: QuestionOption, input: OptionInput): HTMLElement {
    const label = input.label === null ? tell('inputLabel') : kit.cleanLine(input.label, MAX_LABEL)
    const area = h('textarea', { rows: 2, maxlength: input.max, dir: 'auto', 'aria-required': String(input.required) })
    const send = button(option, tell('send', { option: option.label }), () => {
      const text = area.value.trim()
      if (text !== '' || !input.required) return void answer(option, text === '' ? undefined : text)
      alert.textContent = tell('needed')
      area.focus()
    })
    const name = input.required ? label : tell('optional', { label })
    return h('div', { class: 'text-option' }, h('label', {}, h('span', { dir: 'auto' }, name), area), send)
  }

  function button({ style }: QuestionOption, label: string, onclick: () => void): HTMLButtonElement {
    const look = style === 'danger' || style === 'primary' ? style : ''
    return h('button', { type: 'button', class: `button ${look}`, dir: 'auto', onclick }, label)
  }

  async function answer(option: QuestionOption, input?: string): Promise<void> {
    const { question } = item
    if (question === null || isBusy) return
    isBusy = true
    remember(question.id, option.id)
    alert.textContent = ''
    choices.setAttribute('aria-busy', 'true')
    try {
      await center.answer(question.id, option.id, input)
      onanswered()
    } catch (error) {
      kit.taken.delete(question.id)
      alert.textContent = sayFault(kit.codeOf(error))
    }
    isBusy = false
    choices.removeAttribute('aria-busy')
    draw()
  }

  function remember(question: string, option: string): void {
    kit.taken.set(question, option)
    const [oldest] = kit.taken.keys()
    if (kit.taken.size > MAX_TAKEN && oldest !== undefined) kit.taken.delete(oldest)
  }

  /** That it ended elsewhere the state tells, now or in a moment. */
  function sayFault(code: string): string {
    if (code === 'EC_QUESTION_CLOSED') return tell('expired')
    if (code === 'EC_CONFLICT') return tell('answeredPlain')
    return code === 'EC_AGENT_UNREACHABLE' ? say('unreachable') : say('failed', { code })
  }

  function draw(): void {
    const chosen = kit.taken.get(item.question?.id ?? '') ?? null
    const { isOpen, text } = sayQuestion(item, { terms, wasOpen, chosen }, Date.now(), tell, kit.sayWhen)
    if (status.textContent !== text) status.textContent = text
    choices.hidden = !isOpen
    if (isOpen) return
    alert.textContent = ''
    clearInterval(clock)
  }

  /** The labels as they may be shown. */
  function termsOf(): QuestionTerms | null {
    const read = kit.readQuestion(first.event)
    if (!read.ok || read.terms === null) return null
    const options = read.terms.options.map(option => ({ ...option, label: kit.cleanLine(option.label, MAX_LABEL) }))
    return { ...read.terms, options }
  }

  return {
    element,
    update(next) {
      item = next
      draw()
    },
    close: () => clearInterval(clock),
  }
}
