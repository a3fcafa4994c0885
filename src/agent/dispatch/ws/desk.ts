import type { EventState } from '../../../core/event.ts'
import { ERROR_CODES, type ErrorCode } from '../../../core/error-codes.ts'
import { toEcError } from '../../../core/errors.ts'
import type { Verified } from '../../../core/verified.ts'
import type { AnswerQuestion } from '../answer-question.ts'
import type { ClientMessage, ReplyId } from './client-message.ts'
import type { Host } from './host.ts'
import { CLOSE } from './limits.ts'
import type { Session } from './session.ts'

export interface Desk {
  /**
   * Does what a client asks; resolves with what to tell it, or null. Never rejects. State changes of one client are
   * handed to the store in the order they came in.
   */
  handle(session: Session, message: ClientMessage): Promise<string | null>
}

export interface DeskOptions extends Pick<Host, 'store' | 'bus' | 'clock' | 'log'> {
  readonly verify: (bearer: string) => Promise<Verified | null>
  readonly answer: AnswerQuestion
}

/** Where the messages of all clients are dealt with. */
export function createDesk(options: DeskOptions): Desk {
  const { store, bus, clock, log, verify, answer } = options

  async function act(session: Session, message: ClientMessage): Promise<string | null> {
    switch (message.t) {
      case 'pong':
        return null
      case 'ack':
        session.acknowledge(message.seq)
        return null
      case 'vis':
        session.look(message, clock.monotonic())
        return null
      case 'mark':
        await change(session, message.ids, message.state, null)
        return confirm(message.reply)
      case 'snooze':
        if (message.until <= clock.now())
          return refuse(null, 'EC_FIELD_INVALID', '`until` takes an instant in the future')
        await change(session, [message.id], 'snoozed', message.until)
        return null
      case 'answer':
        await answer(
          session.room.userId,
          message.question,
          { option: message.option, input: message.input },
          session.id,
        )
        return confirm(message.reply)
      case 'auth':
        return renew(session, message.token, message.reply)
      case 'malformed':
        return refuse(message.reply, message.code, message.hint)
      default:
        return message satisfies never
    }
  }

  async function change(
    session: Session,
    ids: readonly string[],
    state: EventState,
    until: number | null,
  ): Promise<void> {
    const { userId } = session.room
    const items = await store.changeStates({ userId, ids, state, by: session.id, at: clock.now(), until })
    if (items.length > 0) bus.publish('stream', { userId, items })
  }

  /** A new token for the same user, before the old one expires. */
  async function renew(session: Session, token: string, reply: ReplyId | null): Promise<string | null> {
    const verified = await verify(token)
    if (verified?.principal.kind === 'user' && verified.principal.userId === session.room.userId) {
      session.extend(verified.expiresAt)
      return confirm(reply)
    }
    session.close(CLOSE.badToken, 'the token is not valid for this user')
    return null
  }

  return {
    async handle(session, message) {
      try {
        return await act(session, message)
      } catch (thrown) {
        const error = toEcError(thrown)
        // What a client may not do is its own affair; what the agent cannot do is ours.
        if (error.status >= 500) log.warn('a message of a client could not be dealt with', { code: error.code })
        return refuse('reply' in message ? message.reply : null, error.code, error.hint)
      }
    },
  }
}

function confirm(reply: ReplyId | null): string | null {
  return reply === null ? null : JSON.stringify({ id: reply, ok: true })
}

/** The answer to what cannot be done or understood. */
export function refuse(reply: ReplyId | null, code: ErrorCode, hint: string = ERROR_CODES[code].hint): string {
  return JSON.stringify({ ...(reply === null ? {} : { id: reply }), err: { code, hint } })
}
