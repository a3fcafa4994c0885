import { randomUUID } from 'node:crypto'
import type { AskAnswer } from '../client.ts'
import { EcError } from '../core/errors.ts'
import type { Level } from '../core/event.ts'
import { USER_ID } from '../core/event-words.ts'
import { readQuestion } from '../core/question.ts'
import { terminalLine } from '../core/terminal-text.ts'
import type { CommandContext } from './context.ts'

interface AskInput {
  readonly user: string | undefined
  readonly title: string
  readonly body: string | undefined
  readonly option: readonly string[]
  readonly default: string | undefined
  readonly timeout: number | undefined
  readonly level: Level | undefined
  readonly service: string | undefined
}

/**
 * Asks a person and waits for the answer, however often the agent is restarted meanwhile. The answer goes to stdout, talk
 * to stderr. Whoever is interrupted takes the question back, so that nobody answers to a script that is gone.
 */
export async function runAsk(context: CommandContext, input: AskInput): Promise<void> {
  checkInput(input)
  const { output, signal } = context
  const { title, body, option: options, timeout, level, service } = input
  const user_id = input.user ?? (await context.config()).config.user
  const id = `ask_${randomUUID()}`
  const client = await context.connect()
  let answer: AskAnswer
  try {
    answer = await client.ask(
      {
        id,
        user_id,
        title,
        options,
        ...(body === undefined ? {} : { body }),
        ...(level === undefined ? {} : { level }),
        ...(service === undefined ? {} : { service }),
        ...(input.default === undefined ? {} : { default_option: input.default }),
        ...(timeout === undefined ? {} : { timeoutMs: timeout }),
      },
      { signal, onLost: sayOnce(context), onAsked: sayAsked },
    )
  } catch (thrown) {
    if (signal.aborted) await withdraw(context, id, user_id)
    // As an answer of the question, not of the agent: nothing was refused here.
    if (thrown instanceof EcError && thrown.code === 'EC_QUESTION_CLOSED') throw unanswered(thrown)
    throw thrown
  }
  if (context.json) return output.document({ question: id, ...answer })
  output.print(`${answer.option}\n`)
  if (answer.input !== null) output.say(`with the text: ${terminalLine(answer.input)}`)
  if (answer.by !== 'user') output.say(answer.by === 'default' ? 'nobody answered in time' : 'an operator answered')

  function sayAsked(question: string): void {
    output.say(`asking ${user_id}: \`ec answer ${question} OPTION\` answers in the place of the person`)
  }
}

function checkInput({ user, title, option: options, default: fallback, timeout }: AskInput): void {
  if (user !== undefined && !USER_ID.test(user)) throw usage('--user takes 1 to 128 characters of A-Z a-z 0-9 . _ @ -')
  if (title === '') throw usage('--title must not be empty')
  const question = readQuestion({
    type: 'action.required',
    data: { options, ...(fallback === undefined ? {} : { default_option: fallback }) },
  })
  if (!question.ok) {
    throw question.path === 'data.default_option'
      ? usage('--default takes one of the options')
      : usage(`--option: ${question.message}`)
  }
  if (fallback !== undefined && timeout === undefined) {
    throw usage('--default counts when the time is up, and there is no --timeout', 'add --timeout 10m')
  }
}

/** It may have been answered meanwhile, or never have arrived: both leave nothing to take back. */
async function withdraw(context: CommandContext, id: string, user: string): Promise<void> {
  const client = await context.connect(null)
  await client.questions.cancel(id, user).catch((thrown: unknown) => {
    const gone = thrown instanceof EcError && thrown.category !== 'unreachable'
    if (!gone) context.output.tell(`the question ${id} stays open: the agent could not be told`)
  })
}

function sayOnce({ output }: CommandContext): () => void {
  let said = false
  return () => {
    if (!said) output.say('the agent is away; the question lasts, and is asked for again until it is back')
    said = true
  }
}

function unanswered(error: EcError): EcError {
  return new EcError(error.code, error.message, {
    category: 'failed',
    details: error.details,
    hint: 'ask again, with --default for when nobody answers',
  })
}

function usage(message: string, hint = 'see `ec help ask`'): EcError {
  return new EcError('EC_USAGE', message, { hint })
}
