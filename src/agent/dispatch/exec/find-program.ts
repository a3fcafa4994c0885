import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'

/** Whether the system would find a program to run under this name; what is wrong otherwise. As `execvp` looks for it. */
export async function findProgramTrouble(program: string, path: string): Promise<string | null> {
  // Windows adds extensions of its own, and judges rights otherwise: there the first run tells.
  if (process.platform === 'win32') return null
  const isPath = program.includes('/')
  if (isPath && !isAbsolute(program)) return `${program} is neither a whole path nor a name without a slash`
  const places = isPath ? [program] : path.split(delimiter).map(folder => join(folder || '.', program))
  const found = await Promise.all(places.map(lookAt))
  if (found.includes('runs')) return null
  if (found.includes('locked')) return `${program} may not be run; \`chmod +x\` lets it`
  return isPath ? `there is no ${program}` : `there is no ${program} in PATH (${path})`
}

async function lookAt(file: string): Promise<'runs' | 'locked' | 'missing'> {
  try {
    if (!(await stat(file)).isFile()) return 'missing'
  } catch {
    return 'missing'
  }
  return access(file, constants.X_OK).then(
    () => 'runs',
    () => 'locked',
  )
}
