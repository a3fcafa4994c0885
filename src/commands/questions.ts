import type { QuestionFilter, QuestionRow } from '../client.ts'
import { formatLocalTime } from '../core/local-time.ts'
import { terminalLine } from '../core/terminal-text.ts'
import type { CommandContext } from './context.ts'
import { sayNext } from './say-next.ts'

interface AnswerInput {
  readonly question: string
  readonly option: string
  readonly input: string | undefined
  readonly user: string | undefined
}

export async function answerQuestion(context: CommandContext, given: AnswerInput): Promise<void> {
  const client = await context.connect()
  const { option, input } = given
  const answer = { option, ...(input === undefined ? {} : { input }) }
  const question = await client.questions.answer(given.question, answer, given.user)
  if (context.json) return context.output.document(question)
  context.output.say(`${terminalLine(question.title)}: ${terminalLine(question.answer?.option ?? option)}`)
}

export async function listQuestions(context: CommandContext, filter: QuestionFilter): Promise<void> {
  const client = await context.connect()
  const { user, state, after, before, limit } = filter
  const page = await client.questions.list({ user, state, after, before, limit })
  const { output } = context
  if (context.json) return output.document(page)
  if (page.questions.length === 0) return output.say('no questions')
  await output.table(
    [
      { title: 'when' },
      { title: 'user' },
      { title: 'state' },
      { title: 'title', shrinks: true },
      { title: 'options or answer', shrinks: true },
      { title: 'id', whole: true },
    ],
    page.questions.map(question => [
      formatLocalTime(question.created_at),
      question.user,
      question.state,
      question.title,
      wayOf(question),
      question.id,
    ]),
  )
  sayNext(output, page.next)
}

function wayOf({ state, options, answer }: QuestionRow): string {
  if (answer !== null) return answer.by === 'user' ? answer.option : `${answer.option} (by ${answer.by})`
  return state === 'open' ? options.map(({ id }) => id).join(' | ') : ''
}
