import { answerOf, choose, erase, lacksText, stepBack, take, write, type Answering } from './answering.ts'
import type { Pressed } from './keys.ts'

const PLACES: Readonly<Record<string, (last: number) => number>> = { home: () => 0, end: last => last }

/**
 * What a key means to a person who looks at an open question; null when it means what it does elsewhere. Pure. Digits and
 * arrows choose, Enter goes on, and nothing is sent before it was asked once more.
 */
export function pressAnswer(answering: Answering, key: string): Pressed | null {
  switch (answering.step) {
    case 'choose':
      return pressChoice(answering, key)
    case 'write':
      return pressText(answering, key)
    case 'confirm':
      return pressConfirm(answering, key)
    case 'send':
      return key === 'enter' || isDigit(key) ? NOTHING : null
    default:
      return answering.step satisfies never
  }
}

function pressChoice(answering: Answering, key: string): Pressed | null {
  const last = answering.question.options.length - 1
  if (isDigit(key)) {
    const choice = Number(key) - 1
    return choice > last ? NOTHING : become(take(choose(answering, choice)))
  }
  const { choice } = answering
  if (key === 'up') return become(choose(answering, Math.max(0, choice - 1)))
  if (key === 'down') return become(choose(answering, Math.min(last, choice + 1)))
  const place = PLACES[key]
  if (place !== undefined) return become(choose(answering, place(last)))
  return key === 'enter' ? become(take(answering)) : null
}

/** What is typed or pasted comes by `Controller.write`; here come letters that were typed in one go with a choice. */
function pressText(answering: Answering, key: string): Pressed {
  switch (key) {
    case 'enter':
      if (lacksText(answering)) return say('this option needs a text')
      return become({ ...answering, step: 'confirm' })
    case 'escape':
      return back(answering)
    case 'backspace':
      return become(erase(answering, 'last'))
    case 'ctrl-u':
      return become(erase(answering, 'all'))
    default:
      return [...key].length === 1 ? become(write(answering, key)) : NOTHING
  }
}

function pressConfirm(answering: Answering, key: string): Pressed {
  if (key === 'escape') return back(answering)
  const given = key === 'enter' ? answerOf(answering) : null
  if (given === null) return NOTHING
  const { question } = answering
  return { ...become({ ...answering, step: 'send' }), effect: { type: 'answer', question, given } }
}

function back(answering: Answering): Pressed {
  const before = stepBack(answering)
  return before === null ? NOTHING : become(before)
}

function isDigit(key: string): boolean {
  return /^[1-9]$/.test(key)
}

const NOTHING: Pressed = { actions: [], effect: null }

function become(answering: Answering): Pressed {
  return { actions: [{ type: 'answering', answering }], effect: null }
}

function say(text: string): Pressed {
  return { actions: [{ type: 'toast', toast: { text, level: 'warn' } }], effect: null }
}
