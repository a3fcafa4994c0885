/** Says why there is nothing to prove here. */
export class SkippedError extends Error {}
