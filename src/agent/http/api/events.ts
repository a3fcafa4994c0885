import type { EventQuery, Page, StateItem, StoredEvent } from '../../../backends/store.ts'
import type { EventProblem } from '../../../core/event-schema.ts'
import type { EventState } from '../../../core/event.ts'
import type { Plan, TraceRow } from '../../../core/plan.ts'
import type { Principal } from '../../../core/principal.ts'

export interface EventApi {
  /** Emits one event or a batch, in order, item by item. `idempotencyKey` is the header's. */
  emit(principal: Principal, raw: unknown, idempotencyKey: string | null): Promise<EmitResult>
  emitMany(
    principal: Principal,
    raws: readonly unknown[],
    idempotencyKey: string | null,
  ): Promise<readonly EmitItemResult[]>
  list(principal: Principal, query: EventQuery): Promise<Page<StoredEvent>>
  get(principal: Principal, id: string, userId: string | null): Promise<StoredEvent>
  trace(principal: Principal, id: string, userId: string | null): Promise<Explanation>
  /** Where the user's stream stands, and what of it is unread. */
  inbox(
    userId: string,
  ): Promise<{ readonly epoch: string; readonly head: number; readonly unread: { total: number; action: number } }>
  /** As `change`, for many events of one user; ids that are not there are passed over. */
  changeMany(
    principal: Principal,
    ids: readonly string[],
    userId: string,
    state: EventState,
    until: number | null,
  ): Promise<readonly StateItem[]>
  /** Changes the state; the items that were numbered for it. */
  change(
    principal: Principal,
    id: string,
    userId: string | null,
    state: EventState,
    until: number | null,
  ): Promise<readonly StateItem[]>
}

export interface EmitResult {
  readonly id: string
  /** Null when it is delivered later (`deliver_at`). */
  readonly seq: number | null
  readonly plan: Plan
  readonly warnings: readonly string[]
}

export type EmitItemResult =
  | EmitResult
  | {
      readonly error: {
        readonly code: string
        readonly detail: string
        /** The next step. */
        readonly hint: string
        readonly errors?: readonly EventProblem[]
      }
    }

export interface Explanation {
  readonly id: string
  readonly userId: string
  readonly plan: Plan
  readonly trace: readonly TraceRow[]
  /** What happened, why, and what would have to change: one sentence a line. */
  readonly sentences: readonly string[]
}
