import { badRequest } from './api-error.ts'

/** The parameter `maxResults`; more than the most is the most. */
export function readMaxResults(query: URLSearchParams, usual: number, most: number): number {
  const text = query.get('maxResults')
  if (text === null) return usual
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1) throw badRequest('Invalid value for: maxResults', 'maxResults')
  return Math.min(most, Number(text))
}
