import { chosen, type Answering, type Option } from '../answering.ts'
import type { Area } from '../layout.ts'
import { fillLines, fitLine, type Line, type Span } from '../line.ts'
import { isDestructive, labelOf } from '../question-text.ts'
import { formatLocalTime } from '../../../core/local-time.ts'
import { terminalLine } from '../../../core/terminal-text.ts'
import { fitText, textWidth } from '../../../core/text-width.ts'

/** The options of an open question, by their numbers, and below them what is asked of the person. */
export function renderAnswering(answering: Answering, area: Area): readonly Line[] {
  const { question, choice } = answering
  const { options } = question
  const seen = Math.max(1, area.height - 2)
  const top = Math.min(Math.max(0, choice - Math.floor(seen / 2)), Math.max(0, options.length - seen))
  const digits = String(options.length).length
  const rows = options.slice(top, top + seen).map((option, i) => {
    const place = top + i
    const line = optionLine(option, String(place + 1).padStart(digits), place === choice)
    return fitLine(line, area.width)
  })
  const part = options.length > seen ? `   ${top + 1}-${top + rows.length} of ${options.length}` : ''
  const terms = `${part}${termsOf(answering)} `
  const rule = '─'.repeat(Math.max(0, area.width - textWidth(HEAD + terms)))
  const head: Line = [
    { text: HEAD, bold: true, color: 'yellow' },
    { text: terms + rule, dim: true },
  ]
  return fillLines(
    [fitLine(head, area.width), ...rows, fitLine(promptLine(answering, area.width), area.width)],
    area.height,
  )
}

const HEAD = 'ANSWER'

/** The deadline, and what counts then. */
function termsOf({ question }: Answering): string {
  const { expires_at: expires, default_option: byDefault } = question
  if (expires === null) return ''
  const then = byDefault === null ? '' : `, then "${labelOf(question, byDefault)}"`
  return `   until ${formatLocalTime(expires)}${then}`
}

function optionLine({ label, style, input }: Option, number: string, selected: boolean): Line {
  const destructive = isDestructive(style)
  const text = terminalLine(label)
  const spans: readonly Span[] = [
    { text: selected ? '> ' : '  ' },
    { text: `${number} ` },
    ...(style === undefined ? [] : [styleSpan(style, destructive)]),
    destructive ? { text, color: 'red' } : { text },
    { text: input === undefined ? '' : '  + text', dim: true },
  ]
  return selected ? spans.map(span => ({ ...span, inverse: true })) : spans
}

/** The asker's word; what is hard to take back has a mark as well. */
function styleSpan(style: string, destructive: boolean): Span {
  const word = styleWord(style)
  return destructive ? { text: `! ${word}: `, color: 'red' } : { text: `${word}: `, dim: true }
}

function styleWord(style = ''): string {
  return fitText(terminalLine(style), 12)
}

function promptLine(answering: Answering, width: number): Line {
  const option = chosen(answering)
  switch (answering.step) {
    case 'choose':
      return []
    case 'write':
      return textLine(answering, option, width)
    case 'confirm':
      return confirmLine(answering, option, width)
    case 'send':
      return [{ text: 'answering ...', dim: true }]
    default:
      return answering.step satisfies never
  }
}

/** The end of the text is always seen, and at least some of it. */
function textLine({ text }: Answering, option: Option | null, width: number): Line {
  const input = option?.input
  const asked = terminalLine(input?.label ?? 'text') + (input?.required === true ? ' (needed)' : '')
  const label = `${fitText(asked, Math.floor(width / 2))}: `
  return [{ text: label, bold: true }, { text: endOf(visible(text), width - textWidth(label) - 1) }, { text: '_' }]
}

const KEYS = 'Enter / Esc'
/** Columns of a label that a person can tell from another. */
const LABEL_MIN = 12

/** The asker's word for the option gives way first, then the label; the keys are always seen. */
function confirmLine({ text }: Answering, option: Option | null, width: number): Line {
  const destructive = isDestructive(option?.style)
  const label = terminalLine(option?.label ?? '')
  const after = `"${text.trim() === '' ? '' : ' + text'}? ${KEYS}`
  const roomAfter = (before: string): number => Math.max(1, width - textWidth(before) - textWidth(after))
  const whole = destructive ? `! ${styleWord(option?.style)}: answer "` : 'Answer "'
  const fits = roomAfter(whole) >= Math.min(LABEL_MIN, textWidth(label))
  const before = fits || !destructive ? whole : '! Answer "'
  const words = before + fitText(label, roomAfter(before)) + after
  return [{ text: words, bold: true, color: destructive ? 'red' : 'yellow' }]
}

/** As typed, its spaces too; what steers a terminal is left out. */
function visible(text: string): string {
  const shown = terminalLine(text)
  return shown !== '' && /\s$/.test(text) ? `${shown} ` : shown
}

function endOf(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  const characters = [...text]
  while (characters.length > 0 && textWidth(characters.join('')) >= width) {
    characters.splice(0, Math.max(1, characters.length - width))
  }
  return `…${characters.join('')}`
}
