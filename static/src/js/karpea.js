// Everything here makes pages more comfortable; every page works without it.
import { Button } from 'govuk-frontend/dist/govuk/components/button/button.mjs'
import { CharacterCount } from 'govuk-frontend/dist/govuk/components/character-count/character-count.mjs'
import { ErrorSummary } from 'govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs'
import { SkipLink } from 'govuk-frontend/dist/govuk/components/skip-link/skip-link.mjs'
import { createAll } from 'govuk-frontend/dist/govuk/init.mjs'

import { startAutosave } from './autosave.js'
import { startCopy, startHoldOffline, startMenu, startReveals } from './comfort.js'
import { startIdle } from './idle.js'
import { startQuickExit } from './leave.js'

for (const component of [Button, CharacterCount, ErrorSummary, SkipLink]) {
  createAll(component)
}
startQuickExit() // first: it must work even if something below does not
startAutosave()
startHoldOffline()
startIdle()
startMenu()
startReveals()
startCopy()

// A page taken out of the browser's memory by "Back" may show what its owner has signed out of.
window.addEventListener('pageshow', (event) => event.persisted && location.reload())
