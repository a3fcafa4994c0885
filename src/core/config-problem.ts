/** One thing that is wrong in a layer of the configuration. */
export interface ConfigProblem {
  /** Where to mend it: `/home/me/ec.config.yaml:3`, `EC_HTTP_PORT`, `--port`. */
  readonly source: string
  /** Dotted; '' for the layer as a whole. */
  readonly path: string
  readonly message: string
}

export function describeProblem(problem: ConfigProblem): string {
  return problem.path === '' ? problem.message : `${problem.path} ${problem.message}`
}
