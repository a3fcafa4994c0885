/** A value that JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** A JSON object, as `data` of an event. */
export type JsonObject = { readonly [key: string]: Json }
