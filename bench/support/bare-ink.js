// The yardstick: an Ink app that does nothing but redraw a text as large as the screens four times a second.
process.env.NODE_ENV = 'production'
const { createElement, useEffect, useState } = await import('react')
const { Box, Text, render } = await import('ink')
const { columns = 80, rows = 24 } = process.stdout

function Bare() {
  const [n, next] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => next(i => i + 1), 250)
    return () => clearInterval(timer)
  }, [])
  const lines = Array.from({ length: rows - 1 }, (_, i) => `${n + i} `.repeat(columns).slice(0, columns - 1))
  return createElement(
    Box,
    { flexDirection: 'column' },
    lines.map((line, i) => createElement(Text, { key: i, wrap: 'truncate-end' }, line)),
  )
}

render(createElement(Bare), { exitOnCtrlC: false })
process.on('SIGTERM', () => process.exit(0))
