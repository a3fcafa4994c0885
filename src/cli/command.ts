import type { CommandContext } from '../commands/context.ts'
import type { Arguments, Flags, InputOf } from './flags.ts'

export interface CommandSpec<A extends Arguments, F extends Flags> {
  readonly summary: string
  /** More than the summary says, in a sentence or two. */
  readonly description?: string
  /** Command lines that work as they stand; help shows them first. */
  readonly examples: readonly string[]
  /** Exit codes that mean something of their own here; the others mean what they always do. */
  readonly exits?: Readonly<Record<number, string>>
  /** Commands that help goes on with. */
  readonly seeAlso?: readonly string[]
  readonly args?: A
  readonly flags?: F
  /** Loads the command's code, only when it runs. What that resolves with is the exit code; nothing = 0. */
  readonly load: () => Promise<(context: CommandContext, input: InputOf<A, F>) => Promise<number | void>>
}

/** A command as the table holds it, whatever its input is. */
export interface Command {
  readonly summary: string
  readonly description: string
  readonly examples: readonly string[]
  readonly exits: Readonly<Record<number, string>>
  readonly seeAlso: readonly string[]
  readonly args: Arguments
  readonly flags: Flags
  /** Runs it with the input that `readInput` makes of the words on the command line; resolves with the exit code. */
  run(context: CommandContext, readInput: ReadInput): Promise<number>
}

/** Gives the arguments and flags as one object; the parser has checked them against the same spec. */
export type ReadInput = <Input extends Readonly<Record<string, unknown>>>() => Input

/** Ties a spec's flags to the input of the function that it loads. */
export function command<A extends Arguments = Record<never, never>, F extends Flags = Record<never, never>>(
  spec: CommandSpec<A, F>,
): Command {
  return {
    summary: spec.summary,
    description: spec.description ?? '',
    examples: spec.examples,
    exits: spec.exits ?? {},
    seeAlso: spec.seeAlso ?? [],
    args: spec.args ?? {},
    flags: spec.flags ?? {},
    async run(context, readInput) {
      const run = await spec.load()
      return (await run(context, readInput<InputOf<A, F>>())) ?? 0
    },
  }
}
