/**
 * A credential of the store whose plain text is known: whether it opens tells whether the master key is the one that the
 * store was sealed with.
 */
export const KEY_PROOF = { name: 'key.proof', text: 'eventcenter' } as const
