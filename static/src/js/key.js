// Asks a security key on the pages that offer one, and sends its answer with the form. Pages offer a code as well.
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (sign) => sign.charCodeAt(0))
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '')
const opened = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }))

function asked(options) {
  const key = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) }
  if (key.user) {
    key.user = { ...key.user, id: bytes(key.user.id) }
  }
  key.excludeCredentials = opened(key.excludeCredentials)
  key.allowCredentials = opened(key.allowCredentials)
  return { publicKey: key }
}

function answer(found) {
  const response = { clientDataJSON: text(found.response.clientDataJSON) }
  for (const name of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (found.response[name]) {
      response[name] = text(found.response[name])
    }
  }
  if (found.response.getTransports) {
    response.transports = found.response.getTransports()
  }
  return JSON.stringify({
    id: found.id,
    rawId: text(found.rawId),
    type: found.type,
    authenticatorAttachment: found.authenticatorAttachment,
    clientExtensionResults: {},
    response
  })
}

function start(form) {
  const part = (name) => form.querySelector(`[data-key-${name}]`)
  part('part').hidden = false
  part('missing').hidden = true
  part('ask').addEventListener('click', async () => {
    part('wait').hidden = false
    part('failed').hidden = true
    try {
      const found = await navigator.credentials[form.dataset.key](asked(JSON.parse(form.dataset.options)))
      form.elements.answer.value = answer(found)
      form.submit()
    } catch {
      part('wait').hidden = true
      part('failed').hidden = false
    }
  })
}

if (window.PublicKeyCredential && navigator.credentials) {
  document.querySelectorAll('form[data-key]').forEach(start)
}
