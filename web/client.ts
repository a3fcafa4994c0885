export type { EcEvent } from '../src/core/event.ts'
export type * from './center/center.ts'
export { CenterError } from './center/center-error.ts'
export type * from './push/push-desk.ts'
