// "Leave quickly": hide first, then tell the server (keep what was typed, end the session), then go.
import { flushAll } from './autosave.js'
import { send, typed } from './typed.js'

function leave(button) {
  document.body.classList.add('k-left')
  document.title = '…'
  flushAll()
  const url = button.getAttribute('formaction') || button.form.action
  send(url, typed(button.form)).catch(() => {})
  location.replace(button.dataset.quiet)
}

export function startQuickExit() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest?.('[data-quick-exit]')
    if (!button) return
    event.preventDefault()
    leave(button)
  })
}
