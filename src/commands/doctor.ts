import { EcError, toEcError } from '../core/errors.ts'
import type { CommandContext } from './context.ts'
import { examineAgent } from './doctor/examine-agent.ts'
import { examineClock } from './doctor/examine-clock.ts'
import { examineConfiguration } from './doctor/examine-configuration.ts'
import { examineFiles } from './doctor/examine-files.ts'
import { examineFolder } from './doctor/examine-folder.ts'
import { examineNode } from './doctor/examine-node.ts'
import { examinePorts } from './doctor/examine-ports.ts'
import { examinePublicUrl } from './doctor/examine-public-url.ts'
import { examineStore } from './doctor/examine-store.ts'
import { examineUser } from './doctor/examine-user.ts'
import type { Finding } from './doctor/finding.ts'
import { runExaminations } from './doctor/run-examinations.ts'
import { setScene } from './doctor/scene.ts'
import { renderChecks } from './render-checks.ts'

/** What `--fix` did about a check, or could not do, or would do. */
interface Fix {
  readonly done: boolean
  readonly steps: readonly string[]
  readonly error?: string
}

/**
 * Looks at everything that keeps an agent from working, with or without one; with `user` at what keeps that person from
 * being told. Fails (exit 5) when a check does.
 */
export async function runDoctor(
  context: CommandContext,
  input: { readonly fix: boolean | undefined; readonly user: string | undefined },
): Promise<void> {
  const { fix, user = null } = input
  if (user !== null && fix === true) {
    throw new EcError('EC_USAGE', '--fix mends this machine, and has nothing to mend for a user', {
      hint: 'leave one of the two out',
    })
  }
  const first = await examine(context, user)
  const fixes = fix === true ? await mendAll(context, first) : new Map<string, Fix>()
  const findings = fixes.size > 0 ? await examine(context, user) : first
  const failed = findings.filter(({ status }) => status === 'fail')

  if (context.json) {
    context.output.document({ ok: failed.length === 0, checks: findings.map(finding => toRow(finding, fixes)) })
  } else {
    context.output.print(`${renderChecks(findings, context.output)}\n${sumUp(findings)}\n`)
  }
  if (failed.length === 0) return
  const [worst] = failed
  throw new EcError('EC_CHECK_FAILED', failed.length === 1 ? 'a check failed' : `${failed.length} checks failed`, {
    ...(worst?.hint === undefined ? {} : { hint: worst.hint }),
    details: { failed: failed.map(({ code }) => code) },
  })
}

async function examine(context: CommandContext, user: string | null): Promise<readonly Finding[]> {
  const scene = await setScene(context)
  if (user !== null) return runExaminations([examineUser(scene, user)], context.signal)
  const parts = [
    examineNode,
    examineConfiguration,
    examineFolder,
    examineFiles,
    examineStore,
    examinePorts,
    examineClock,
    examineAgent,
    examinePublicUrl,
  ]
  return runExaminations(
    parts.map(part => part(scene)),
    context.signal,
  )
}

/** Does what is safe, one after the other, and says it. */
async function mendAll(context: CommandContext, findings: readonly Finding[]): Promise<Map<string, Fix>> {
  const fixes = new Map<string, Fix>()
  for (const { code, mend } of findings) {
    if (mend === undefined) continue
    try {
      const steps = await mend.run()
      fixes.set(code, { done: true, steps })
      for (const step of steps) context.output.say(`mended: ${step}`)
    } catch (thrown) {
      const { message } = toEcError(thrown)
      fixes.set(code, { done: false, steps: mend.steps, error: message })
      context.output.say(`not mended: ${mend.steps.join(', ')}: ${message}`)
    }
  }
  return fixes
}

function toRow({ mend, ...result }: Finding, fixes: ReadonlyMap<string, Fix>) {
  const fix = fixes.get(result.code) ?? (mend === undefined ? undefined : { done: false, steps: mend.steps })
  return fix === undefined ? result : { ...result, fix }
}

/** `24 checks: 20 ok, 2 warn, 1 fail, 1 skip`. */
function sumUp(findings: readonly Finding[]): string {
  const counts = (['ok', 'warn', 'fail', 'skip'] as const).flatMap(status => {
    const count = findings.filter(finding => finding.status === status).length
    return count === 0 ? [] : [`${count} ${status}`]
  })
  return `${findings.length} checks: ${counts.join(', ')}`
}
