/** Answers a user's question for one of his clients; throws the `EcError` that says why not. */
export type AnswerQuestion = (
  userId: string,
  question: string,
  given: { readonly option: string; readonly input: string | null },
  session: string,
) => Promise<void>
