import type { BuiltInType, CallToAction, Level } from './event.ts'
import type { JsonObject } from './json.ts'

/** What `ec emit` fills in when a person gives little more than a type. */
export interface Sample {
  readonly title: string
  readonly body: string
  readonly level: Level
  readonly data: JsonObject
  readonly cta?: CallToAction
}

/** One sample for every built-in type. Each says that it is a test, to the person in its title and to code in `data.test`. */
export const SAMPLES = {
  'job.done': {
    title: 'Test: the nightly report is ready',
    body: 'A sample of job.done: 42 pages in 3 minutes.',
    level: 'info',
    data: { test: true, job_id: 'test-job', duration_s: 180 },
  },
  'job.progress': {
    title: 'Test: the nightly report is being written',
    body: 'A sample of job.progress: 17 of 42 pages.',
    level: 'info',
    data: { test: true, job_id: 'test-job', progress: 40, done: 17, total: 42 },
  },
  'action.required': {
    title: 'Test: publish the nightly report?',
    body: 'A sample of action.required. Nothing happens whichever way you answer.',
    level: 'info',
    data: { test: true, options: ['Publish', 'Not now'], default_option: 'Not now' },
  },
  'message.new': {
    title: 'Test: a message from the Sample Desk',
    body: 'A sample of message.new: the meeting room has moved to the second floor.',
    level: 'info',
    data: { test: true, thread_id: 'test-thread', from: 'Sample Desk' },
  },
  'reminder.due': {
    title: 'Test: stand-up in ten minutes',
    body: 'A sample of reminder.due.',
    level: 'info',
    data: { test: true, reminder_id: 'test-reminder' },
  },
  'system.alert': {
    title: 'Test: the backup took longer than usual',
    body: 'A sample of system.alert. Nothing is wrong.',
    level: 'warning',
    data: { test: true, issue_id: 'test-issue' },
  },
} as const satisfies Readonly<Record<BuiltInType, Sample>>

/** The sample of a type; null for a custom one. */
export function sampleOf(type: string): Sample | null {
  return isBuiltIn(type) ? SAMPLES[type] : null
}

function isBuiltIn(type: string): type is BuiltInType {
  return Object.hasOwn(SAMPLES, type)
}
