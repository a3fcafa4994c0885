import { z } from 'zod'

/** A list's reply: its rows under their own name, and where the next page begins. */
export function pageOf<const Name extends string, Row extends z.ZodType>(name: Name, row: Row) {
  return z.strictObject({ [name]: z.array(row), next: z.string().nullable() })
}
