declare global {
  /** Of the browser; Firefox has it since 148. */
  var trustedTypes: TrustedTypes | undefined
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string }
}

/** The address of a worker, as pages take it that let no text become code (`require-trusted-types-for 'script'`). */
export function scriptUrl(url: string): string {
  try {
    const policy = globalThis.trustedTypes?.createPolicy('eventcenter', { createScriptURL: trusted => trusted })
    return policy?.createScriptURL(url) ?? url
  } catch {
    // The page names the policies that it allows, and ours is none of them: the browser says what it thinks of the text.
    return url
  }
}
