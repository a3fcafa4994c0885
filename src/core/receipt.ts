/** What a device says that became of a message there. */
export const RECEIPTS = ['shown', 'clicked', 'dismissed'] as const
export type ReceiptKind = (typeof RECEIPTS)[number]
