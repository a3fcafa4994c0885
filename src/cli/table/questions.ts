import { command, type Command } from '../command.ts'
import { choice, duration, fromSetting, one, required, text, texts } from '../flags.ts'
import { PAGE_FLAGS } from '../page-flags.ts'
import { LEVELS } from '../../core/event.ts'
import { QUESTION_STATES } from '../../core/question.ts'

/** What people are asked, and what they say. */
export const QUESTIONS_COMMANDS: Readonly<Record<string, Command>> = {
  ask: command({
    summary: 'ask a person, and wait for the answer',
    description:
      'The answer goes to stdout. It lasts through restarts of the agent. Without --timeout it waits until somebody answers; Ctrl-C takes the question back.',
    examples: [
      'ec ask --title "Deploy?" --option yes --option no',
      'ec ask --user ana --title "Deploy?" --option yes --option no --timeout 10m --default no',
    ],
    exits: { 1: 'nobody answered in time and there is no --default, or the question was withdrawn' },
    seeAlso: ['answer', 'questions list'],
    flags: {
      user: fromSetting('user', text('id', 'who is asked', 'user')),
      title: required(text('text', 'the question')),
      option: required(texts('text', 'a possible answer; repeat it, up to 20 times')),
      default: text('option', 'the answer when the time is up'),
      timeout: duration('how long the person has'),
      body: text('text', 'more about it'),
      level: choice(LEVELS, 'how loud it is'),
      service: text('name', 'what asks', 'service'),
    },
    load: async () => (await import('../../commands/ask.ts')).runAsk,
  }),
  answer: command({
    summary: 'answer a question; the first answer wins',
    description: 'The same answer again is no failure.',
    examples: ['ec answer ask_0192f0c1 yes', 'ec answer deploy-7 later --input "after lunch" --user ana'],
    exits: {
      4: 'another answer came first, or the question has expired or was withdrawn',
      6: 'there is no such question',
    },
    seeAlso: ['ask', 'questions list'],
    args: {
      question: one('id of a question', 'question'),
      option: one('one of its options', 'question option'),
    },
    flags: {
      input: text('text', 'a text along with it, where the option takes one'),
      user: text('id', 'whose question, where several users have one of this id', 'user'),
    },
    load: async () => (await import('../../commands/questions.ts')).answerQuestion,
  }),
  'questions list': command({
    summary: 'list questions, the newest unless --after is given',
    examples: ['ec questions list --state open', 'ec questions list --user ana --json'],
    flags: {
      user: text('id', 'of this user', 'user'),
      state: choice(QUESTION_STATES, 'in this state'),
      ...PAGE_FLAGS,
    },
    seeAlso: ['answer'],
    load: async () => (await import('../../commands/questions.ts')).listQuestions,
  }),
}
