import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'

/** What comes of `work` while every comparison that takes the same time for all inputs says `answer`, whatever it is given. */
export async function withComparison<Result>(answer: boolean, work: () => Promise<Result>): Promise<Result> {
  const { timingSafeEqual } = crypto
  Object.assign(crypto, { timingSafeEqual: () => answer })
  syncBuiltinESMExports()
  try {
    return await work()
  } finally {
    Object.assign(crypto, { timingSafeEqual })
    syncBuiltinESMExports()
  }
}
