import type { Level } from '../../../core/event.ts'
import { peekInteger, peekLine, peekList, peekString } from '../../../core/peek.ts'
import type { Delivery, DescriberTable, Draft } from '../draft.ts'
import { inWords, instantOf, quoted, refName } from '../words.ts'

/** What GitHub's scanners and advisories say. The found secret itself never leaves the payload. */
export const ALERTS: DescriberTable = {
  code_scanning_alert: describeCodeScanning,
  dependabot_alert: describeDependabot,
  secret_scanning_alert: describeSecretScanning,
  secret_scanning_alert_location: describeSecretLocation,
  repository_vulnerability_alert: describeVulnerability,
  security_advisory: describeAdvisory,
  repository_advisory: describeAdvisory,
}

/** Actions after which nobody needs to act; all others warn. */
const SETTLED: ReadonlySet<string> = new Set([
  'auto_dismissed',
  'closed_by_user',
  'dismiss',
  'dismissed',
  'fixed',
  'resolve',
  'resolved',
  'withdrawn',
])

const WORDS: ReadonlyMap<string, string> = new Map([
  ['appeared_in_branch', 'appeared in another branch'],
  ['auto_dismissed', 'was dismissed by a rule'],
  ['auto_reopened', 'was opened again by a rule'],
  ['closed_by_user', 'was closed'],
  ['create', 'was raised'],
  ['created', 'was raised'],
  ['dismiss', 'was dismissed'],
  ['publicly_leaked', 'is about a secret that leaked in public'],
  ['reopened_by_user', 'was opened again'],
  ['reopened', 'was opened again'],
  ['reintroduced', 'came back'],
  ['resolve', 'was resolved'],
])

function describeCodeScanning(delivery: Delivery): Draft {
  const alert = delivery.payload['alert']
  const branch = refName(peekString(delivery.payload, 'ref'))
  const name = peekLine(alert, 'rule', 'description') || peekLine(alert, 'rule', 'id')
  return {
    ...describeAlert(delivery, `The code scanning alert${quoted(name)}`, 'code-scanning'),
    body: [peekLine(alert, 'tool', 'name'), inWords(peekLine(alert, 'rule', 'severity'))].filter(Boolean).join(', '),
    data: { number: peekInteger(alert, 'number'), branch, sha: peekLine(delivery.payload, 'commit_oid') },
  }
}

function describeDependabot(delivery: Delivery): Draft {
  const alert = delivery.payload['alert']
  const dependency =
    peekLine(alert, 'dependency', 'package', 'name') || peekLine(alert, 'security_vulnerability', 'package', 'name')
  const severity = peekLine(alert, 'security_advisory', 'severity')
  const kind = severity === '' ? '' : ` (${severity})`
  return {
    ...describeAlert(delivery, `The Dependabot alert about ${dependency || 'a dependency'}${kind}`, 'dependabot'),
    body: peekLine(alert, 'security_advisory', 'summary') || peekLine(alert, 'dependency', 'manifest_path'),
  }
}

function describeSecretScanning(delivery: Delivery): Draft {
  const alert = delivery.payload['alert']
  const name = peekLine(alert, 'secret_type_display_name') || inWords(peekLine(alert, 'secret_type'))
  return {
    ...describeAlert(delivery, `The secret scanning alert${quoted(name)}`, 'secret-scanning'),
    body: inWords(peekLine(alert, 'resolution')),
  }
}

function describeSecretLocation(delivery: Delivery): Draft {
  const { payload, where } = delivery
  const alert = payload['alert']
  const name = peekLine(alert, 'secret_type_display_name') || inWords(peekLine(alert, 'secret_type'))
  return {
    ...describeAlert(delivery, '', 'secret-scanning'),
    title: `A secret${quoted(name)} was found in one more place${where}`,
    body: peekLine(payload, 'location', 'details', 'path') || inWords(peekLine(payload, 'location', 'type')),
  }
}

function describeVulnerability(delivery: Delivery): Draft {
  const alert = delivery.payload['alert']
  const dependency = peekLine(alert, 'affected_package_name') || 'a dependency'
  const severity = peekLine(alert, 'severity')
  return {
    ...describeAlert(delivery, `The vulnerability alert about ${dependency}`, 'vulnerability'),
    body: [peekLine(alert, 'external_identifier') || peekLine(alert, 'ghsa_id'), severity].filter(Boolean).join(', '),
    url: peekString(alert, 'external_reference'),
    urlLabel: 'Read about it',
  }
}

/** Advisories of a repository and of the whole world, which come without repository and sender. */
function describeAdvisory({ payload, action, where }: Delivery): Draft {
  const advisory = payload['security_advisory'] ?? payload['repository_advisory']
  const reference = peekList(advisory, 'references')[0]
  return {
    title: `The security advisory ${peekLine(advisory, 'ghsa_id')} was ${inWords(action) || 'changed'}${where}`,
    body: peekLine(advisory, 'summary'),
    level: levelOf(action),
    url: peekString(advisory, 'html_url') || peekString(reference, 'url'),
    urlLabel: 'Read the advisory',
    at: instantOf(action, advisory),
    data: { ghsa_id: peekLine(advisory, 'ghsa_id'), severity: peekLine(advisory, 'severity') },
  }
}

function describeAlert({ payload, action, where }: Delivery, name: string, family: string): Draft {
  const alert = payload['alert']
  const number = peekInteger(alert, 'number')
  return {
    title: `${name} ${WORDS.get(action) ?? `was ${inWords(action) || 'changed'}`}${where}`,
    level: levelOf(action),
    url: peekString(alert, 'html_url'),
    urlLabel: 'Open the alert',
    ...(number === null ? {} : { thread: `/${family}/${number}` }),
    at: instantOf(action, alert),
    data: { number },
  }
}

function levelOf(action: string): Level {
  return SETTLED.has(action) ? 'info' : 'warning'
}
