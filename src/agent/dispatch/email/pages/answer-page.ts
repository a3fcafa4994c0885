import type { Store, StoredQuestion } from '../../../../backends/store.ts'
import { cleanLine, cleanText } from '../../../../core/clean-text.ts'
import { toEcError } from '../../../../core/errors.ts'
import type { EcEvent } from '../../../../core/event.ts'
import { readQuestion, type QuestionOption } from '../../../../core/question.ts'
import type { AnswerQuestion } from '../../answer-question.ts'
import type { AnswerClaim } from '../page-tokens.ts'
import { pickLanguage, type Language } from '../words/language.ts'
import { WORDS } from '../words/words.ts'
import type { PageForm, PageView } from './page.ts'

const MAX_TITLE = 500
const MAX_BODY = 5_000
const MAX_LABEL = 200

/** The page behind an option's link in a mail: it asks again, and answers only by a button. */
export interface AnswerPage {
  show(claim: AnswerClaim): Promise<PageView | null>
  /** `form` is what the page posted. Null: the question is not there any more. */
  submit(claim: AnswerClaim, form: Readonly<Record<string, string>>): Promise<PageView | null>
}

export function createAnswerPage(options: {
  readonly store: Pick<Store, 'getQuestions' | 'getUser'>
  readonly answer: AnswerQuestion
}): AnswerPage {
  const { store, answer } = options

  async function read({ userId, question: id }: AnswerClaim): Promise<Scene | null> {
    const [[question], user] = await Promise.all([store.getQuestions(id, userId), store.getUser(userId)])
    if (question === undefined) return null
    const event: EcEvent = JSON.parse(question.eventJson)
    const terms = readQuestion(event)
    const all = terms.ok && terms.terms !== null ? terms.terms.options : []
    return { question, event, options: all, language: pickLanguage(user?.lang, event.lang) }
  }

  async function show(claim: AnswerClaim): Promise<PageView | null> {
    const scene = await read(claim)
    return scene === null ? null : sceneView(scene, claim, 200, null)
  }

  return {
    show,
    async submit(claim, form) {
      const before = await read(claim)
      if (before === null) return null
      const words = WORDS[before.language].pages
      const chosen = before.options[chosenBy(form, claim)]
      if (chosen === undefined) return sceneView(before, claim, 422, words.fault)
      const input = (form['input'] ?? '').replace(/\r\n/g, '\n').trim()
      const given = { option: chosen.id, input: chosen.input === null || input === '' ? null : input }
      const { userId, question } = claim
      try {
        await answer(userId, question, given, 'email')
      } catch (thrown) {
        const { code } = toEcError(thrown)
        const scene = await read(claim)
        if (scene === null) return null
        if (code === 'EC_CONFLICT') return sceneView(scene, claim, 409, words.tooLate)
        if (code === 'EC_QUESTION_CLOSED') return sceneView(scene, claim, 410, null)
        if (code === 'EC_FIELD_INVALID') return sceneView(scene, claim, 422, words.fault)
        throw thrown
      }
      const scene = await read(claim)
      return scene === null ? null : sceneView(scene, claim, 200, words.thanks(chosen.label))
    },
  }
}

interface Scene {
  readonly question: StoredQuestion
  readonly event: EcEvent
  readonly options: readonly QuestionOption[]
  readonly language: Language
}

function chosenBy(form: Readonly<Record<string, string>>, claim: AnswerClaim): number {
  const { option } = form
  if (option === undefined) return claim.option
  return /^\d{1,2}$/.test(option) ? Number(option) : -1
}

function sceneView(scene: Scene, claim: AnswerClaim, status: number, notice: string | null): PageView {
  const { question, event, options, language } = scene
  const words = WORDS[language].pages
  const isOpen = question.state === 'open'
  return {
    status,
    language,
    notice: notice ?? (isOpen ? null : endOf(scene)),
    title: cleanLine(event.title, MAX_TITLE) || words.answer,
    body: isOpen ? paragraphs(event.body) : notice === null || status !== 200 ? byWhom(scene) : [],
    forms: isOpen ? formsOf(options, claim.option, language) : [],
    after: isOpen ? null : words.closeIt,
  }
}

/** The option of the link first, then the others in their order. */
function formsOf(options: readonly QuestionOption[], preferred: number, language: Language): readonly PageForm[] {
  const { writeHere, optional } = WORDS[language].pages
  const order = [...options.keys()].sort((a, b) => Number(b === preferred) - Number(a === preferred))
  return order.flatMap(i => {
    const option = options[i]
    if (option === undefined) return []
    const { input, label, style } = option
    const title = cleanLine(input?.label ?? writeHere, MAX_LABEL)
    return [
      {
        name: 'option',
        value: String(i),
        label: cleanLine(label, MAX_LABEL),
        look: style === 'danger' ? 'danger' : i === preferred ? 'first' : null,
        text:
          input === null
            ? null
            : { label: input.required ? title : `${title} (${optional})`, required: input.required, max: input.max },
      },
    ]
  })
}

function endOf({ question, options, language }: Scene): string {
  const words = WORDS[language].pages
  const { state, answer } = question
  if (answer !== null) {
    return words.answered(cleanLine(options.find(({ id }) => id === answer.option)?.label ?? answer.option, MAX_LABEL))
  }
  return state === 'cancelled' ? words.cancelled : words.expired
}

/** Who gave the answer, where it was not the person; and the answer, where the notice says something else. */
function byWhom(scene: Scene): readonly (readonly string[])[] {
  const { question, language } = scene
  const words = WORDS[language].pages
  const by = question.answer?.by
  const who = by === 'operator' ? [words.byOperator] : by === 'default' ? [words.byDefault] : []
  return [...(question.answer === null ? [] : [[endOf(scene)]]), ...(who.length === 0 ? [] : [who])]
}

function paragraphs(text: string): readonly (readonly string[])[] {
  return cleanText(text, MAX_BODY)
    .split('\n\n')
    .map(paragraph => paragraph.split('\n').filter(line => line !== ''))
    .filter(lines => lines.length > 0)
}
