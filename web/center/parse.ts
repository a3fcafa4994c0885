import { LEVELS, type EcEvent } from '../../src/core/event.ts'

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether it has what every event has. What else it has was checked by the agent that took it. */
export function isEvent(value: unknown): value is EcEvent {
  if (!isRecord(value)) return false
  const texts = ['id', 'user_id', 'type', 'title', 'body', 'created_at']
  return texts.every(name => typeof value[name] === 'string') && LEVELS.some(level => level === value['level'])
}
