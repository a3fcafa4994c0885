import { peekInteger, peekLine, peekString } from '../../../core/peek.ts'
import type { Delivery, DescriberTable, Draft } from '../draft.ts'
import { firstLine, inWords, instantOf, refName } from '../words.ts'
import { outcomeOf } from './outcome.ts'

/** Deployments, their approval, and the building of pages. */
export const DEPLOYMENTS: DescriberTable = {
  deployment: describeDeployment,
  deployment_status: describeDeploymentStatus,
  deployment_review: describeDeploymentReview,
  deployment_protection_rule: describeProtectionRule,
  page_build: describePageBuild,
}

function describeDeployment({ payload, actor, action, where }: Delivery): Draft {
  const deployment = payload['deployment']
  const branch = refName(peekString(deployment, 'ref'))
  const verb = action === 'created' || action === '' ? 'started' : inWords(action)
  return {
    ...linkTo(payload),
    title: `${actor} ${verb} a deployment${branch === '' ? '' : ` of ${branch}`}${to(deployment)}${where}`,
    body: peekLine(deployment, 'description'),
    at: instantOf(action, deployment),
  }
}

function describeDeploymentStatus({ payload, action, where }: Delivery): Draft {
  const status = payload['deployment_status']
  const outcome = outcomeOf(peekLine(status, 'state'))
  return {
    ...linkTo(payload),
    title: `The deployment${to(payload['deployment'])} ${outcome.words}${where}`,
    body: peekLine(status, 'description'),
    level: outcome.level,
    url:
      peekString(status, 'log_url') || peekString(status, 'target_url') || peekString(payload, 'check_run', 'html_url'),
    at: instantOf(action, status),
  }
}

function describeDeploymentReview({ payload, actor, action, where }: Delivery): Draft {
  const run = payload['workflow_run']
  const environment = peekLine(payload, 'environment') || peekLine(payload, 'workflow_job_run', 'environment')
  const place = environment === '' ? '' : ` to ${environment}`
  const title =
    action === 'requested'
      ? `A deployment${place} waits for approval`
      : `${actor} ${inWords(action)} a deployment${place}`
  return {
    title: `${title}${where}`,
    body: peekLine(payload, 'comment') || peekLine(run, 'display_title') || firstLine(run, 'head_commit', 'message'),
    level: action === 'requested' ? 'warning' : 'info',
    url: peekString(run, 'html_url'),
    urlLabel: 'Open the run',
    data: { id: peekInteger(run, 'id'), sha: peekLine(run, 'head_sha'), environment },
  }
}

function describeProtectionRule({ payload, where }: Delivery): Draft {
  const environment = peekLine(payload, 'environment')
  return {
    ...linkTo(payload),
    title: `A deployment${environment === '' ? '' : ` to ${environment}`} waits for a protection rule${where}`,
    level: 'warning',
  }
}

function describePageBuild({ payload, where }: Delivery): Draft {
  const build = payload['build']
  const failed = peekLine(build, 'status') === 'errored'
  const words = failed ? 'could not be built' : `was ${inWords(peekLine(build, 'status')) || 'built'}`
  return {
    title: `The pages site ${words}${where}`,
    body: peekLine(build, 'error', 'message'),
    level: failed ? 'error' : 'info',
    at: peekString(build, 'updated_at'),
    data: { sha: peekLine(build, 'commit') },
  }
}

function to(deployment: unknown): string {
  const environment = peekLine(deployment, 'environment')
  return environment === '' ? '' : ` to ${environment}`
}

function linkTo(payload: unknown): Omit<Draft, 'title'> {
  return {
    url: peekString(payload, 'workflow_run', 'html_url'),
    data: {
      id: peekInteger(payload, 'deployment', 'id'),
      sha: peekLine(payload, 'deployment', 'sha'),
      branch: refName(peekString(payload, 'deployment', 'ref')),
      environment: peekLine(payload, 'deployment', 'environment'),
    },
  }
}
