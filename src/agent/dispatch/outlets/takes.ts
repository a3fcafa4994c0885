import type { Outlet } from '../../../core/outlet.ts'
import { matchesType } from '../../../core/type-pattern.ts'

const PROGRESS = 'job.progress'

/** Whether an outlet is for events of this type. Progress comes many times a second, so it has to be named in full. */
export function takesType({ types }: Outlet, type: string): boolean {
  if (type === PROGRESS) return types?.includes(PROGRESS) ?? false
  return types?.some(pattern => matchesType(pattern, type)) ?? true
}

export function takesUser({ users }: Outlet, userId: string): boolean {
  return users?.includes(userId) ?? true
}
