import type { TypeEngagement } from '../../store.ts'
import type { Sql } from '../connection.ts'

export function listEngagement(sql: Sql, userId: string, limit: number): readonly TypeEngagement[] {
  return sql<{ type: string; sent: number; opened: number; governed_at: number | null }>(
    `select type, sum(sent) as sent, sum(opened) as opened,
       (select at from governed where governed.user_id = engagement.user_id and governed.type = engagement.type)
         as governed_at
     from engagement where user_id = ? group by type order by sent desc, type limit ?`,
  )
    .all(userId, limit)
    .map(({ governed_at: governedAt, ...row }) => ({ ...row, governedAt }))
}
