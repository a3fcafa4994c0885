import { fitText, textWidth } from '../../core/text-width.ts'

/** A piece of a line in one colour. What a colour says, the text says as well. */
export interface Span {
  readonly text: string
  readonly color?: 'red' | 'yellow' | 'green' | 'cyan' | undefined
  readonly bold?: boolean
  readonly dim?: boolean
  readonly inverse?: boolean
}

/** One line of a screen. */
export type Line = readonly Span[]

export const EMPTY: Line = [{ text: '' }]

/** The line at no more than `width` columns. */
export function fitLine(line: Line, width: number): Line {
  const kept: Span[] = []
  let left = width
  for (const span of line) {
    const needs = textWidth(span.text)
    if (needs > left) {
      if (left > 0) kept.push({ ...span, text: fitText(span.text, left) })
      return kept
    }
    kept.push(span)
    left -= needs
  }
  return kept
}

export function lineWidth(line: Line): number {
  return line.reduce((sum, span) => sum + textWidth(span.text), 0)
}

/** Exactly `height` lines: cut at the end, or filled with empty ones. */
export function fillLines(lines: readonly Line[], height: number): readonly Line[] {
  if (lines.length >= height) return lines.slice(0, height)
  return [...lines, ...Array.from({ length: height - lines.length }, () => EMPTY)]
}
