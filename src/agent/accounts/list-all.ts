import type { Page, PageQuery } from '../../backends/store.ts'

const LIMIT = 500

/** Every row of a list; for those of which there are few. */
export async function listAll<Row>(list: (page: PageQuery) => Promise<Page<Row>>): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (let after = '0'; ;) {
    const page = await list({ limit: LIMIT, after })
    rows.push(...page.rows)
    if (page.next === null) return rows
    after = page.next
  }
}
