// Draws the PNG icons of the inbox from the SVG ones, in Chromium. What it draws is committed, so nobody needs a browser
// to build.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'web', 'icons')

/** Android masks `maskable`, tints `badge` by its alpha, and iOS rounds `apple-touch` itself. */
const ICONS = [
  { from: 'icon.svg', to: 'icon-192.png', size: 192 },
  { from: 'icon.svg', to: 'icon-512.png', size: 512 },
  { from: 'maskable.svg', to: 'maskable-512.png', size: 512 },
  { from: 'maskable.svg', to: 'apple-touch-180.png', size: 180 },
  { from: 'badge.svg', to: 'badge-96.png', size: 96 },
]

const browser = await chromium.launch({
  executablePath: process.env.EC_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
})
try {
  const page = await browser.newPage()
  for (const { from, to, size } of ICONS) {
    const svg = readFileSync(join(folder, from), 'utf8').replace('<svg', `<svg width="${size}" height="${size}"`)
    await page.setViewportSize({ width: size, height: size })
    await page.setContent(`<style>body{margin:0}svg{display:block}</style>${svg}`)
    writeFileSync(join(folder, to), await page.screenshot({ omitBackground: true }))
  }
} finally {
  await browser.close()
}
