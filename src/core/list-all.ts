const LIMIT = 500

/** Every row of a list that comes in pages; for those of which there are few. */
export async function listAll<Row>(
  list: (page: { readonly limit: number; readonly after: string }) => Promise<{
    readonly rows: readonly Row[]
    readonly next: string | null
  }>,
): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (let after = '0'; ;) {
    const page = await list({ limit: LIMIT, after })
    rows.push(...page.rows)
    if (page.next === null) return rows
    after = page.next
  }
}
