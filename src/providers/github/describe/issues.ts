import { peek, peekExcerpt, peekInteger, peekLine, peekString } from '../../../core/peek.ts'
import type { Delivery, DescriberTable, Draft } from '../draft.ts'
import { inWords, instantOf, quoted } from '../words.ts'
import { changeOf, commentOn } from './changes.ts'
import { commentExcerpt } from './comment.ts'

/** Issues, the comments on them and on pull requests, labels and milestones. */
export const ISSUES: DescriberTable = {
  issues: describeIssue,
  issue_comment: describeIssueComment,
  label: describeLabel,
  milestone: describeMilestone,
}

function describeIssue(delivery: Delivery): Draft {
  const { payload, actor, where, action } = delivery
  const issue = payload['issue']
  const asNotPlanned = action === 'closed' && peekLine(issue, 'state_reason') === 'not_planned' ? ' as not planned' : ''
  return {
    title: `${actor} ${changeOf(delivery, `issue${nameOfIssue(issue)}`)}${asNotPlanned}${where}`,
    body: peekExcerpt(issue, 'body') || peekLine(issue, 'title'),
    at: instantOf(action, issue),
    ...linkTo(issue, 'Open the issue'),
  }
}

function describeIssueComment({ payload, actor, where, action }: Delivery): Draft {
  const issue = payload['issue']
  const noun = peek(issue, 'pull_request') === undefined ? 'issue' : 'pull request'
  const { thread, data } = linkTo(issue, '')
  return {
    title: `${actor} ${commentOn(action, `${noun}${nameOfIssue(issue)}`)}${where}`,
    body: commentExcerpt(payload),
    url: peekString(payload, 'comment', 'html_url') || peekString(issue, 'html_url'),
    urlLabel: 'Read the comment',
    thread,
    at: instantOf(action, payload['comment']),
    data: { ...data, comment_id: peekInteger(payload, 'comment', 'id') },
  }
}

function describeLabel({ payload, actor, where, action }: Delivery): Draft {
  return {
    title: `${actor} ${inWords(action) || 'changed'} the label${quoted(peekLine(payload, 'label', 'name'))}${where}`,
    body: peekLine(payload, 'label', 'description'),
  }
}

function describeMilestone({ payload, actor, where, action }: Delivery): Draft {
  const milestone = payload['milestone']
  return {
    title: `${actor} ${inWords(action) || 'changed'} the milestone${quoted(peekLine(milestone, 'title'))}${where}`,
    body: peekExcerpt(milestone, 'description'),
    url: peekString(milestone, 'html_url'),
    urlLabel: 'Open the milestone',
    at: instantOf(action, milestone),
    data: { milestone: peekInteger(milestone, 'number') },
  }
}

/** ` #12 "Title"`, for issues, pull requests and discussions, which share their numbers. */
export function nameOfIssue(issue: unknown): string {
  const number = peekInteger(issue, 'number')
  return `${number === null ? '' : ` #${number}`}${quoted(peekLine(issue, 'title'))}`
}

/** Link, thread and number of an issue, pull request or discussion. */
export function linkTo(
  issue: unknown,
  urlLabel: string,
): Required<Pick<Draft, 'url' | 'urlLabel' | 'thread' | 'data'>> {
  const number = peekInteger(issue, 'number')
  return {
    url: peekString(issue, 'html_url'),
    urlLabel,
    thread: number === null ? '' : `#${number}`,
    data: { number },
  }
}
