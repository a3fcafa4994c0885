/** `after` and `before` are cursors that a page gave; `after: '0'` is the start, neither is the newest page. */
export interface PageQuery {
  readonly limit: number
  readonly after?: string
  readonly before?: string
}

/** Rows ascend; `next` is a cursor for `after`, null at the end. */
export interface Page<Row> {
  readonly rows: readonly Row[]
  readonly next: string | null
}
