import { wrapDetail, type Detail } from '../detail.ts'
import { answerHeight, type Area } from '../layout.ts'
import { fillLines, fitLine, type Line } from '../line.ts'
import { renderAnswering } from './answering.ts'

/** One thing looked at closely, from where it is scrolled to; below it its question, while that is open. */
export function renderDetail(detail: Detail, area: Area): readonly Line[] {
  const { answering } = detail
  const height = answerHeight(answering, area.height)
  const text = renderText(detail, { width: area.width, height: area.height - height })
  if (answering === null) return text
  return fillLines([...text, ...renderAnswering(answering, { width: area.width, height })], area.height)
}

function renderText(detail: Detail, area: Area): readonly Line[] {
  const lines =
    detail.lines === null ? [[{ text: 'asking the agent ...', dim: true }]] : wrapDetail(detail.lines, area.width)
  const height = Math.max(1, area.height - 1)
  const top = Math.min(detail.scroll, Math.max(0, lines.length - height))
  const seen = lines.slice(top, top + height)
  const place = lines.length > height ? `   ${top + 1}-${top + seen.length} of ${lines.length}` : ''
  const title: Line = [
    { text: detail.title, bold: true, color: 'cyan' },
    { text: place, dim: true },
  ]
  return fillLines(
    [title, ...seen].map(line => fitLine(line, area.width)),
    area.height,
  )
}
