import type { JsonRecord } from '../../core/peek.ts'

export interface Message {
  /** Digits. */
  readonly id: string
  /** Base64. */
  readonly data: string
  readonly attributes: Readonly<Record<string, string>>
  /** ms since 1970. */
  readonly publishedAt: number
}

/** As pull gives it; a push has two of its names twice. */
export function showMessage({ id, data, attributes, publishedAt }: Message): JsonRecord {
  const own = Object.keys(attributes).length === 0 ? {} : { attributes }
  return { data, ...own, messageId: id, publishTime: new Date(publishedAt).toISOString() }
}

export function showPushed(message: Message): JsonRecord {
  const shown = showMessage(message)
  const { messageId, publishTime } = shown
  return { ...shown, attributes: message.attributes, message_id: messageId, publish_time: publishTime }
}
