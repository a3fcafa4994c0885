import { Box, Text } from 'ink'
import { memo, type ReactElement } from 'react'
import type { Line, Span } from './line.ts'

/** Draws lines as they are; a line that has not changed is not drawn anew. */
export function ScreenLines({ lines }: { readonly lines: readonly Line[] }): ReactElement {
  return (
    <Box flexDirection="column">
      {lines.map((line, i) => (
        // A line is its place on the screen.
        // oxlint-disable-next-line react/no-array-index-key
        <LineText key={i} line={line} />
      ))}
    </Box>
  )
}

const LineText = memo(DrawLine, (before, after) => isSame(before.line, after.line))

function DrawLine({ line }: { readonly line: Line }): ReactElement {
  const spans = line.filter(({ text }) => text !== '')
  // A line without text would have no height.
  if (spans.length === 0) return <Text> </Text>
  return (
    <Text wrap="truncate-end">
      {spans.map(({ text, color, bold = false, dim = false, inverse = false }, i) => (
        <Text key={i} {...(color === undefined ? {} : { color })} bold={bold} dimColor={dim} inverse={inverse}>
          {text}
        </Text>
      ))}
    </Text>
  )
}

function isSame(a: Line, b: Line): boolean {
  return a.length === b.length && a.every((span, i) => isSameSpan(span, b[i]))
}

function isSameSpan(a: Span, b: Span | undefined): boolean {
  return a.text === b?.text && a.color === b.color && a.bold === b.bold && a.dim === b.dim && a.inverse === b.inverse
}
