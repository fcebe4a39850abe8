// The folding menu of small screens, questions that belong to one answer, copying a case number, a line that is down.
export function startMenu() {
  for (const button of document.querySelectorAll('[data-menu]')) {
    button.addEventListener('click', () => {
      button.setAttribute('aria-expanded', String(button.getAttribute('aria-expanded') !== 'true'))
    })
  }
}

export function startCopy() {
  for (const button of document.querySelectorAll('[data-copy]')) {
    if (!navigator.clipboard) {
      button.hidden = true // old browser or no secure address
      continue
    }
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(button.dataset.copy)
      button.nextElementSibling.textContent = button.dataset.copied
    })
  }
}

// Questions below one radio or check box show only while it is chosen. Unlike gov.uk's script this sets no
// aria-expanded on the radio, which the standard does not allow there: the question simply follows it.
export function startReveals() {
  const boxes = [...document.querySelectorAll('[data-reveals]')]
  const look = () => {
    for (const box of boxes) {
      const kind = box.type === 'radio' ? 'radios' : 'checkboxes'
      document.getElementById(box.dataset.reveals)?.classList.toggle(`govuk-${kind}__conditional--hidden`, !box.checked)
    }
  }
  if (!boxes.length) return
  document.addEventListener('change', look)
  look() // "Back" may have filled the form after the page was made
}

// Without a line the browser would put its own page in place of what was typed: the form stays, and says so.
export function startHoldOffline() {
  const said = document.querySelector('[data-offline]')
  if (!said) return
  const hold = (event) => {
    if (navigator.onLine) return
    event.preventDefault()
    event.stopImmediatePropagation()
    said.hidden = false
    said.focus()
  }
  document.addEventListener('submit', hold, { capture: true })
  window.addEventListener('online', () => (said.hidden = true))
}
