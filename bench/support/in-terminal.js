import { spawn } from 'node:child_process'

/**
 * Runs a Node program in a pseudo-terminal (`script` of util-linux) of a fixed size, and counts what it draws.
 * `drawn` is what begins a redraw in its output.
 */
export async function inTerminal(args, { columns, rows, drawn, env = {} }) {
  const command = `stty cols ${columns} rows ${rows}; echo pid=$$; exec "${process.execPath}" ${args.map(a => `'${a}'`).join(' ')}`
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    env: { ...process.env, TERM: 'xterm-256color', SHELL: '/bin/sh', ...env },
  })
  let head = ''
  let redraws = 0
  let bytes = 0
  let tail = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    if (!head.includes('\n')) head += text
    redraws += text.split(drawn).length - 1
    bytes += text.length
    tail = (tail + text).slice(-1000)
  })
  while (!/pid=(\d+)/.test(head)) await new Promise(resolve => setTimeout(resolve, 20))
  const pid = Number(/pid=(\d+)/.exec(head)[1])
  return {
    pid,
    counts: () => ({ redraws, bytes }),
    /** The end of its output. */
    async stop() {
      process.kill(pid, 'SIGTERM')
      await new Promise(resolve => child.once('close', resolve))
      return tail
    },
  }
}
