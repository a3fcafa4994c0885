import type { NodemailerError } from 'nodemailer'
import { cleanLine } from '../../../core/clean-text.ts'
import type { SmtpAnswer, SmtpFailure, SmtpStage } from './smtp-answer.ts'

const MAX_TEXT = 300

/** nodemailer's errors in our words. `signal` tells a deadline from an agent that stops. */
export function readSmtpError(error: unknown, signal: AbortSignal): SmtpAnswer {
  if (signal.aborted) {
    const late = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError'
    return failed(late ? 'deadline' : 'aborted', late ? 'the mail server took too long' : 'the agent was stopping')
  }
  if (!isMailError(error)) return failed('unsendable', error instanceof Error ? error.message : String(error))
  // With a single recipient its refusal is the refusal of the mail.
  const cause = error.rejectedErrors?.[0] ?? error
  const { responseCode: code, response = '' } = cause
  if (code === undefined) return failed(failureOf(cause), cause.message)
  const text = cleanLine(response || cause.message, MAX_TEXT)
  const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] ?? null
  return { type: 'refused', code, enhanced, stage: stageOf(cause), text }
}

function isMailError(error: unknown): error is NodemailerError {
  return error instanceof Error && 'code' in error
}

function failed(failure: SmtpFailure, detail: string): SmtpAnswer {
  return { type: 'failed', failure, detail: cleanLine(detail, MAX_TEXT) }
}

function failureOf({ code, originalCode, message }: NodemailerError): SmtpFailure {
  switch (code) {
    case 'EDNS':
      return 'dns'
    case 'ETIMEDOUT':
      return 'deadline'
    case 'ETLS':
      return 'tls'
    case 'EAUTH':
    case 'ENOAUTH':
      return 'login'
    case 'EENVELOPE':
    case 'ESTREAM':
      return 'unsendable'
    case 'ESOCKET':
      if (/certificate|SSL|TLS/i.test(message)) return 'tls'
      return originalCode === 'ECONNRESET' || originalCode === 'EPIPE' ? 'cut' : 'connect'
    default:
      return 'cut'
  }
}

function stageOf({ command = '', code }: NodemailerError): SmtpStage {
  if (code === 'EAUTH' || command.startsWith('AUTH')) return 'login'
  if (command.startsWith('MAIL')) return 'sender'
  if (command.startsWith('RCPT')) return 'recipient'
  if (command.startsWith('DATA')) return 'content'
  return 'greeting'
}
