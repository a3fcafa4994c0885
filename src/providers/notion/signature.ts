import type { HmacHeader } from '../../core/hmac.ts'

/** https://developers.notion.com/reference/webhooks */
export const SIGNATURE: HmacHeader = { name: 'X-Notion-Signature', prefix: 'sha256=' }
