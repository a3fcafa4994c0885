import { defineNotifications } from './ui/ec-notifications.ts'

export type { EcEvent } from '../src/core/event.ts'
export type * from './center/center.ts'
export { CenterError } from './center/center-error.ts'
export { createNotificationCenter } from './center/create-notification-center.ts'
export type * from './push/push-desk.ts'
export type { PushDeskOptions } from './push/create-push-desk.ts'
export { openPushDesk } from './push/open-push-desk.ts'
export type { EcNotifications } from './ui/ec-notifications.ts'

// Whoever loads this gets the element: one tag is all that a page needs.
defineNotifications()
