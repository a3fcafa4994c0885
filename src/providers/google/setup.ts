import type { SetupStep } from '../provider.ts'
import { API_STEPS } from './setup/api-steps.ts'
import { subscriptionStep } from './setup/subscription-step.ts'
import { deadLetterStep, publisherStep, topicStep } from './setup/topic-steps.ts'

/** In the order in which they are done; they are undone in reverse. */
export const googleSetup: readonly SetupStep[] = [
  ...API_STEPS,
  topicStep,
  publisherStep,
  deadLetterStep,
  subscriptionStep,
]
