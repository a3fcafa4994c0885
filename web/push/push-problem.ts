/** Push cannot be switched on, for a reason that only the operator or the site can mend. */
export class PushProblem extends Error {
  override readonly name = 'PushProblem'
}
