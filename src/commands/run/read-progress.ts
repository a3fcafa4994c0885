/** How far something is, as a line of its output says. */
export interface Progress {
  /** 0 to 100. */
  readonly percent: number
  readonly done: number | null
  readonly total: number | null
}

const PERCENT = /(?<![\w.])(\d{1,3}(?:\.\d{1,3})?) ?%/g
/** Not part of a path, a date or a longer number. */
const PARTS = /(?<![\w./-])(\d{1,9}) ?\/ ?(\d{1,9})(?![\w/-]|\.\d)/g

/** Reads `42%` or `3/10`; of several the last, as bars write it. Null where there is none. */
export function readProgress(line: string): Progress | null {
  const percents = [...line.matchAll(PERCENT)].map(([, text]) => Number(text)).filter(percent => percent <= 100)
  const percent = percents.at(-1)
  const parts = [...line.matchAll(PARTS)]
    .map(([, done, total]) => ({ done: Number(done), total: Number(total) }))
    .findLast(({ done, total }) => total > 0 && done <= total)
  if (percent !== undefined) return { percent, done: parts?.done ?? null, total: parts?.total ?? null }
  return parts === undefined ? null : { percent: Math.floor((100 * parts.done) / parts.total), ...parts }
}
