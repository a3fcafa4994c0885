import { peek, peekExcerpt, peekInteger, peekLine, peekString } from '../../../core/peek.ts'
import type { Delivery, DescriberTable, Draft } from '../draft.ts'
import { capitalised, firstLine, instantOf, quoted, refName, shortSha } from '../words.ts'
import { outcomeOf } from './outcome.ts'

/** What machines report about commits: checks, workflows, statuses. */
export const RUNS: DescriberTable = {
  check_run: describeCheckRun,
  check_suite: describeCheckSuite,
  workflow_run: describeWorkflowRun,
  workflow_job: describeWorkflowJob,
  workflow_dispatch: describeWorkflowDispatch,
  repository_dispatch: describeRepositoryDispatch,
  status: describeStatus,
}

function describeCheckRun(delivery: Delivery): Draft {
  const { payload, actor, action, where } = delivery
  const run = payload['check_run']
  const name = `the check${quoted(peekLine(run, 'name'))}`
  const suite = peek(run, 'check_suite')
  const branch = refName(peekString(suite, 'head_branch'))
  const link = linkToRun(run, branch, 'Open the check')
  if (action === 'rerequested') return { ...link, title: `${actor} asked to run ${name} again${on(branch)}${where}` }
  if (action === 'requested_action') {
    const wish = quoted(peekLine(payload, 'requested_action', 'identifier'))
    return { ...link, title: `${actor} asked ${name} for the action${wish}${on(branch)}${where}` }
  }
  const outcome = outcomeOf(peekLine(run, 'conclusion') || peekLine(run, 'status'))
  return {
    ...link,
    title: `${capitalised(name)} ${outcome.words}${on(branch)}${where}`,
    body: [peekLine(run, 'output', 'title'), peekExcerpt(run, 'output', 'summary')].filter(Boolean).join('\n'),
    level: outcome.level,
  }
}

function describeCheckSuite({ payload, actor, action, where }: Delivery): Draft {
  const suite = payload['check_suite']
  const branch = refName(peekString(suite, 'head_branch'))
  const app = peekLine(suite, 'app', 'name')
  const name = app === '' ? 'the check suite' : `the check suite of ${app}`
  // A suite has no page of its own.
  const link = { ...linkToRun(suite, branch, 'Open on GitHub'), body: firstLine(suite, 'head_commit', 'message') }
  if (action === 'requested') return { ...link, title: `${actor} asked for ${name}${on(branch)}${where}` }
  if (action === 'rerequested') return { ...link, title: `${actor} asked to run ${name} again${on(branch)}${where}` }
  const outcome = outcomeOf(peekLine(suite, 'conclusion') || peekLine(suite, 'status'))
  return {
    ...link,
    title: `${capitalised(name)} ${outcome.words}${on(branch)}${where}`,
    level: outcome.level,
    at: instantOf(action, suite),
  }
}

function describeWorkflowRun({ payload, actor, action, where }: Delivery): Draft {
  const run = payload['workflow_run']
  const branch = refName(peekString(run, 'head_branch'))
  const name = peekLine(run, 'name') || peekLine(payload, 'workflow', 'name')
  const outcome = outcomeOf((action === 'completed' && peekLine(run, 'conclusion')) || action)
  const subject = peekLine(run, 'display_title') || firstLine(run, 'head_commit', 'message')
  const number = peekInteger(run, 'run_number')
  return {
    ...linkToRun(run, branch, 'Open the run'),
    title: `The workflow${quoted(name)} ${outcome.words}${on(branch)}${where}`,
    body: `${number === null ? 'A run' : `Run #${number}`} of ${actor}${subject === '' ? '' : `: ${subject}`}`,
    level: outcome.level,
    at: instantOf(action, run),
  }
}

function describeWorkflowJob({ payload, action, where }: Delivery): Draft {
  const job = payload['workflow_job']
  const branch = refName(peekString(job, 'head_branch'))
  const workflow = peekLine(job, 'workflow_name')
  const outcome = outcomeOf((action === 'completed' && peekLine(job, 'conclusion')) || action)
  const of = workflow === '' ? '' : ` of the workflow${quoted(workflow)}`
  return {
    ...linkToRun(job, branch, 'Open the job'),
    title: `The job${quoted(peekLine(job, 'name'))}${of} ${outcome.words}${on(branch)}${where}`,
    level: outcome.level,
  }
}

function describeWorkflowDispatch({ payload, actor, where }: Delivery): Draft {
  const branch = refName(peekString(payload, 'ref'))
  const workflow = peekLine(payload, 'workflow').replace(/^.*\//, '')
  return {
    title: `${actor} started the workflow${quoted(workflow)}${on(branch)}${where}`,
    thread: `@${branch}`,
    data: { branch },
  }
}

function describeRepositoryDispatch({ payload, actor, action, where }: Delivery): Draft {
  const branch = refName(peekString(payload, 'branch'))
  return { title: `${actor} sent the dispatch${quoted(action)}${on(branch)}${where}`, data: { branch } }
}

function describeStatus({ payload, where }: Delivery): Draft {
  const sha = peekLine(payload, 'sha')
  const outcome = outcomeOf(peekLine(payload, 'state'))
  const branch = refName(peekString(firstOf(payload['branches']), 'name'))
  return {
    title: `The status${quoted(peekLine(payload, 'context'))} of ${shortSha(sha)} ${outcome.words}${on(branch)}${where}`,
    body: peekLine(payload, 'description') || firstLine(payload, 'commit', 'commit', 'message'),
    level: outcome.level,
    url: peekString(payload, 'target_url') || peekString(payload, 'commit', 'html_url'),
    urlLabel: 'See the details',
    thread: `@${branch}`,
    at: peekString(payload, 'created_at'),
    data: { sha, branch, state: peekLine(payload, 'state') },
  }
}

function linkToRun(run: unknown, branch: string, urlLabel: string): Omit<Draft, 'title'> {
  const sha = peekLine(run, 'head_sha')
  return {
    url: peekString(run, 'html_url') || peekString(run, 'details_url'),
    urlLabel,
    thread: `@${branch || shortSha(sha)}`,
    data: { id: peekInteger(run, 'id'), sha, branch, conclusion: peekLine(run, 'conclusion') },
  }
}

function on(branch: string): string {
  return branch === '' ? '' : ` on ${branch}`
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined
}
