// What stands in a form, as text: files, passwords and the form's own keys stay out.
const OWN = ['csrfmiddlewaretoken', 'once', 'typed_by', 'kept', '_path', 'language']

export const isKept = (field) =>
  Boolean(field.name) && !OWN.includes(field.name) && !['password', 'file', 'submit', 'button'].includes(field.type)

export const token = (form) => form.querySelector('[name=csrfmiddlewaretoken]')?.value ?? ''

export function typed(form) {
  const body = new URLSearchParams()
  for (const [name, value] of new FormData(form)) {
    const field = form.elements[name]
    if (typeof value === 'string' && field?.type !== 'password' && name !== 'once') body.append(name, value)
  }
  return body
}

export const send = (url, body) =>
  fetch(url, {
    method: 'POST',
    body,
    keepalive: true, // the request outlives the page
    redirect: 'manual',
    credentials: 'same-origin',
    headers: { Accept: 'application/json', 'X-Requested-With': 'fetch' }
  })

// Signing in again in another tab makes this page's key old: fetch the new one. False when nobody is signed in.
export async function renewToken() {
  const url = document.querySelector('[data-stay]')?.dataset.stay
  try {
    const answer = await fetch(url, { credentials: 'same-origin', headers: { Accept: 'application/json' } })
    if (!answer.ok) return false
    const { token: fresh } = await answer.json()
    for (const field of document.querySelectorAll('[name=csrfmiddlewaretoken]')) field.value = fresh
    return true
  } catch {
    return false
  }
}
