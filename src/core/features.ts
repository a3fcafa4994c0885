/** What can be switched while the agent runs; each is on until somebody switches it off. */
export const FEATURES = ['webhooks'] as const
