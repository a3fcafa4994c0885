import type { ServiceKey } from './service-key.ts'

/** Who asks. The operator came through the socket in the data folder, or with a key of scope `operate`. */
export type Principal =
  | { readonly kind: 'operator'; readonly by: string }
  | { readonly kind: 'service'; readonly key: ServiceKey }
  | { readonly kind: 'user'; readonly userId: string }
