import { peekExcerpt, peekFlag, peekInteger, peekLine, peekString } from '../../../core/peek.ts'
import type { Delivery, DescriberTable, Draft } from '../draft.ts'
import { firstLine, inWords, instantOf, nameOf, refName } from '../words.ts'
import { changeOf, commentOn } from './changes.ts'
import { commentExcerpt } from './comment.ts'
import { linkTo, nameOfIssue } from './issues.ts'

/** Pull requests, their reviews, and the merge queue. */
export const PULL_REQUESTS: DescriberTable = {
  pull_request: describePullRequest,
  pull_request_review: describeReview,
  pull_request_review_comment: describeReviewComment,
  pull_request_review_thread: describeReviewThread,
  merge_group: describeMergeGroup,
}

function describePullRequest(delivery: Delivery): Draft {
  const { payload, actor, where, action } = delivery
  const pull = payload['pull_request']
  return {
    title: `${actor} ${pullRequestChange(delivery, `pull request${nameOfIssue(pull)}`)}${where}`,
    body: peekExcerpt(pull, 'body') || peekLine(pull, 'title'),
    at: instantOf(action, pull),
    ...linkToPull(pull),
  }
}

function pullRequestChange(delivery: Delivery, thing: string): string {
  const { payload } = delivery
  const reviewer = nameOf(payload['requested_reviewer']) || nameOf(payload['requested_team']) || 'somebody'
  switch (delivery.action) {
    case 'closed':
      return `${peekFlag(payload, 'pull_request', 'merged') ? 'merged' : 'closed'} ${thing}`
    case 'synchronize':
      return `pushed to ${thing}`
    case 'converted_to_draft':
      return `turned ${thing} into a draft`
    case 'ready_for_review':
      return `marked ${thing} as ready for review`
    case 'review_requested':
      return `asked ${reviewer} to review ${thing}`
    case 'review_request_removed':
      return `took back the request that ${reviewer} review ${thing}`
    case 'auto_merge_enabled':
      return `switched auto-merge on for ${thing}`
    case 'auto_merge_disabled':
      return `switched auto-merge off for ${thing}`
    case 'enqueued':
      return `added ${thing} to the merge queue`
    case 'dequeued':
      return `took ${thing} out of the merge queue`
    default:
      return changeOf(delivery, thing)
  }
}

function describeReview({ payload, actor, where, action }: Delivery): Draft {
  const pull = payload['pull_request']
  return {
    title: `${actor} ${reviewVerb(action, peekLine(payload, 'review', 'state'))} pull request${nameOfIssue(pull)}${where}`,
    body: peekExcerpt(payload, 'review', 'body') || peekLine(pull, 'title'),
    at: instantOf(action, payload['review']),
    ...linkToPull(pull),
    url: peekString(payload, 'review', 'html_url') || peekString(pull, 'html_url'),
    urlLabel: 'Read the review',
  }
}

function reviewVerb(action: string, state: string): string {
  if (action === 'dismissed') return 'dismissed a review of'
  if (action === 'edited') return 'edited a review of'
  if (state === 'approved') return 'approved'
  return state === 'changes_requested' ? 'asked for changes to' : 'reviewed'
}

function describeReviewComment({ payload, actor, where, action }: Delivery): Draft {
  const pull = payload['pull_request']
  return {
    title: `${actor} ${commentOn(action, `pull request${nameOfIssue(pull)}`)}${where}`,
    body: [peekLine(payload, 'comment', 'path'), commentExcerpt(payload)].filter(Boolean).join('\n'),
    at: instantOf(action, payload['comment']),
    ...linkToPull(pull),
    url: peekString(payload, 'comment', 'html_url') || peekString(pull, 'html_url'),
    urlLabel: 'Read the comment',
  }
}

function describeReviewThread({ payload, actor, where, action }: Delivery): Draft {
  const pull = payload['pull_request']
  return {
    title: `${actor} ${inWords(action) || 'changed'} a review thread of pull request${nameOfIssue(pull)}${where}`,
    body: peekLine(pull, 'title'),
    ...linkToPull(pull),
  }
}

function linkToPull(pull: unknown): ReturnType<typeof linkTo> {
  const link = linkTo(pull, 'Open the pull request')
  const branch = refName(peekString(pull, 'head', 'ref'))
  return { ...link, data: { ...link.data, branch, sha: peekLine(pull, 'head', 'sha') } }
}

function describeMergeGroup({ payload, where, action }: Delivery): Draft {
  const group = payload['merge_group']
  const branch = refName(peekString(group, 'base_ref'))
  const what = action === 'checks_requested' ? 'asks for checks' : `was ${inWords(action) || 'changed'}`
  return {
    title: `The merge queue of ${branch || 'a branch'} ${what}${where}`,
    body: firstLine(group, 'head_commit', 'message'),
    thread: `@${branch}`,
    data: { branch, sha: peekLine(group, 'head_sha'), number: peekInteger(group, 'number') },
  }
}
