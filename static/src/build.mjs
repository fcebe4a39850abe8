// Builds what the site serves: node build.mjs → ../build/ (style sheets, scripts, fonts, pictures).
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { compileAsync } from 'sass'

const here = dirname(fileURLToPath(import.meta.url))
const modules = join(here, 'node_modules')
const out = join(here, '..', 'build')

await rm(out, { recursive: true, force: true })
await mkdir(join(out, 'fonts'), { recursive: true })

for (const name of ['karpea', 'quiet']) {
  const { css } = await compileAsync(join(here, 'scss', `${name}.scss`), {
    loadPaths: [modules],
    style: 'compressed',
    quietDeps: true
  })
  await writeFile(join(out, `${name}.css`), css)
}

await build({
  absWorkingDir: here,
  entryPoints: { karpea: 'js/karpea.js', 'govuk-init': 'js/govuk-init.js', key: 'js/key.js' },
  outdir: out,
  bundle: true,
  format: 'esm',
  minify: true,
  target: ['chrome90', 'firefox90', 'safari15'],
  legalComments: 'none',
  logLevel: 'warning'
})

const family = 'noto-sans-khmer'
const fonts = { khmer: '', latin: '-latin', 'latin-ext': '-latin-ext' }
for (const weight of [400, 700]) {
  for (const [subset, suffix] of Object.entries(fonts)) {
    await cp(
      join(modules, '@fontsource', family, 'files', `${family}-${subset}-${weight}-normal.woff2`),
      join(out, 'fonts', `${family}${suffix}-${weight}.woff2`)
    )
  }
}
await cp(join(modules, '@fontsource', family, 'LICENSE'), join(out, 'fonts', 'LICENSE.txt'))
// The same letters as one file a weight, for paper: what sets the pages reads no woff2.
await mkdir(join(out, 'print'), { recursive: true })
for (const weight of ['400Regular', '700Bold']) {
  await cp(
    join(modules, '@expo-google-fonts', family, weight, `NotoSansKhmer_${weight}.ttf`),
    join(out, 'print', `NotoSansKhmer_${weight}.ttf`)
  )
}
await cp(join(modules, '@expo-google-fonts', family, 'LICENSE_FONT'), join(out, 'print', 'LICENSE.txt'))
await cp(join(here, 'img'), out, { recursive: true })
await cp(join(here, 'THIRD_PARTY.txt'), join(out, 'THIRD_PARTY.txt'))
