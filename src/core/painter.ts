/** Colours for text on one stream; without colours every method gives the text back as it is. */
export interface Painter {
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  yellow(text: string): string
  green(text: string): string
  cyan(text: string): string
}

export async function createPainter(color: boolean): Promise<Painter> {
  if (!color) return plainPainter
  // Only on demand: commands in a pipe start without it. Its own guess about the terminal is not asked.
  const { Chalk } = await import('chalk')
  const chalk = new Chalk({ level: 1 })
  return {
    bold: text => chalk.bold(text),
    dim: text => chalk.dim(text),
    red: text => chalk.red(text),
    yellow: text => chalk.yellow(text),
    green: text => chalk.green(text),
    cyan: text => chalk.cyan(text),
  }
}

const plainPainter: Painter = {
  bold: text => text,
  dim: text => text,
  red: text => text,
  yellow: text => text,
  green: text => text,
  cyan: text => text,
}
