import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/**
 * A Node of npm's packages, installed once: `{ major, version, root, bin }`, where `root` has its headers too, so that what
 * is compiled for it fits.
 */
export async function installNode(cache, major) {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const home = join(cache, `node-${major}`)
  const root = join(home, 'node_modules', name)
  if (!existsSync(join(root, 'package.json'))) {
    mkdirSync(home, { recursive: true })
    writeFileSync(join(home, 'package.json'), '{ "private": true }\n')
    const { code, output } = await run('npm', ['install', '--no-audit', '--no-fund', `${name}@${major}`], { cwd: home })
    if (code !== 0) throw new Error(`Node ${major} cannot be installed:\n${output}`)
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return { major, version, root, bin: join(root, 'bin') }
}

/** Runs a program with this Node before all others; npm takes what is compiled to be for it. */
export function onNode(node, command, args, options = {}) {
  const env = { PATH: `${node.bin}${delimiter}${process.env.PATH}`, npm_config_nodedir: node.root, ...options.env }
  return run(command, args, { ...options, env })
}

/** Longer than a compile of SQLite and the whole of the tests take; what takes longer waits for something. */
const LONGEST_MS = 15 * 60_000

/** Runs a program to its end: `{ command, code, stdout, stderr, output }`; `output` is both streams. */
export async function run(command, args, { cwd, env, signal, input = '' } = {}) {
  const child = spawn(command, args, {
    cwd,
    env: { ...cleanEnv(), ...env },
    stdio: 'pipe',
    timeout: LONGEST_MS,
    signal,
  })
  child.stdin.end(input)
  const result = { command: [command, ...args].join(' '), code: null, stdout: '', stderr: '', output: '' }
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8').on('data', text => {
      result[stream] += text
      result.output += text
    })
  }
  await once(child, 'close')
  result.code = child.exitCode
  return result
}

/** Without what an npm around us has set, and what the developer has set for `ec`. */
function cleanEnv() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|EC_)/.test(name)))
}
