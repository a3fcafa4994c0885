import type { EcEvent } from '../../src/core/event.ts'
import { readQuestion, type QuestionOption } from '../../src/core/question.ts'
import type { Item } from '../center/center.ts'
import { h } from './h.ts'
import type { Kit } from './kit.ts'
import { sayQuestion } from './say-question.ts'

/** The options of a question, or what became of it. */
export interface QuestionForm {
  readonly element: HTMLElement
  /** Brings it to what is known now. */
  update(item: Item): void
  close(): void
}

/** `onanswered`: the agent has taken the person's answer that was given here. */
export function createQuestionForm(kit: Kit, first: Item, onanswered: () => void = () => {}): QuestionForm {
  const { say, center } = kit
  const options = optionsOf(first.event)
  const status = h('p', { class: 'status' })
  const alert = h('p', { class: 'fault', role: 'alert' })
  const choices = h('div', { class: 'options', role: 'group', 'aria-label': say('answer') })
  const element = h('div', { class: 'question' }, choices, alert, status)
  const wasOpen = first.question?.state === 'open'
  let item = first
  /** What was chosen here, until the agent has said what it thinks of it. */
  let chosen: string | null = null
  const clock = setInterval(tell, 1000)

  choices.append(
    ...options.flatMap(option => (option.input === null ? [plain(option)] : withText(option, option.input))),
  )
  tell()

  function plain(option: QuestionOption): HTMLButtonElement {
    return button(option, kit.cleanLine(option.label, 200), () => void answer(option))
  }

  function withText(option: QuestionOption, input: NonNullable<QuestionOption['input']>): readonly HTMLElement[] {
    const label = input.label === null ? say('inputLabel') : kit.cleanLine(input.label, 200)
    const area = h('textarea', { rows: 2, maxlength: input.max, dir: 'auto', 'aria-required': String(input.required) })
    const send = button(option, say('send', { option: kit.cleanLine(option.label, 200) }), () => {
      const text = area.value.trim()
      if (text === '' && input.required) {
        alert.textContent = say('needed')
        area.focus()
      } else void answer(option, text === '' ? undefined : text)
    })
    const name = input.required ? label : say('optional', { label })
    return [h('div', { class: 'text-option' }, h('label', {}, h('span', { dir: 'auto' }, name), area), send)]
  }

  async function answer(option: QuestionOption, input?: string): Promise<void> {
    const { question } = item
    if (question === null || chosen !== null) return
    chosen = option.id
    alert.textContent = ''
    choices.setAttribute('aria-busy', 'true')
    try {
      await center.answer(question.id, option.id, input)
      onanswered()
    } catch (error) {
      chosen = null
      const code = kit.codeOf(error)
      // That it ended elsewhere the state tells, or is about to.
      if (code === 'EC_QUESTION_CLOSED') alert.textContent = say('expired')
      else if (code === 'EC_CONFLICT') alert.textContent = say('answeredPlain')
      else alert.textContent = code === 'EC_AGENT_UNREACHABLE' ? say('unreachable') : say('failed', { code })
    }
    choices.removeAttribute('aria-busy')
    tell()
  }

  function tell(): void {
    const told = sayQuestion(item, { wasOpen, chosen }, Date.now(), say, kit.sayWhen)
    if (status.textContent !== told.text) status.textContent = told.text
    if (!told.isOpen) alert.textContent = ''
    choices.hidden = !told.isOpen
    if (!told.isOpen) clearInterval(clock)
  }

  return {
    element,
    update(next) {
      item = next
      tell()
    },
    close: () => clearInterval(clock),
  }
}

function button(option: QuestionOption, label: string, onclick: () => void): HTMLButtonElement {
  const style = option.style === 'danger' || option.style === 'primary' ? option.style : ''
  return h('button', { type: 'button', class: `button ${style}`, dir: 'auto', onclick }, label)
}

function optionsOf(event: EcEvent): readonly QuestionOption[] {
  const read = readQuestion(event)
  return read.ok ? (read.terms?.options ?? []) : []
}
