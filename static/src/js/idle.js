// After a quarter of an hour without a key or a touch the page empties itself and the session is locked. Two
// minutes before, it says so. Tabs of one browser share one clock.
import { flushAll } from './autosave.js'
import { send, token, typed } from './typed.js'

const WARNING = 120_000
const TELL_SERVER = 60_000 // while somebody works, the server hears of it once a minute

export function startIdle() {
  const box = document.querySelector('[data-idle]')
  if (!box) return
  const limit = Number(box.dataset.idle) * 1000
  const said = box.querySelector('[data-idle-said]')
  const tabs = 'BroadcastChannel' in window ? new BroadcastChannel('karpea-idle') : null
  let last = Date.now()
  let told = last
  let locked = false

  const key = () => new URLSearchParams({ csrfmiddlewaretoken: token(box) })

  function busy() {
    if (locked) return
    last = Date.now()
    box.hidden = true
    if (last - told < TELL_SERVER) return
    told = last
    tabs?.postMessage('busy')
    send(box.dataset.stay, key()).then((answer) => answer.status === 401 && lock(), () => {})
  }

  async function lock() {
    if (locked) return
    locked = true
    tabs?.postMessage('lock')
    flushAll()
    const form = document.getElementById('main-form')
    const body = form ? typed(form) : key()
    empty(document.querySelector('[data-locked]'))
    // Without a connection what was typed waits in this function alone, and is sent when there is one again.
    for (;;) {
      try {
        await send(box.dataset.lock, body)
        break
      } catch {
        await new Promise((again) => setTimeout(again, 10_000))
      }
    }
    location.replace(`${box.dataset.unlock}?next=${encodeURIComponent(location.pathname + location.search)}`)
  }

  // Hidden content would still be there for whoever opens the browser's tools.
  function empty(screen) {
    document.body.classList.add('k-locked')
    document.title = '…'
    for (const part of [...document.body.children]) if (part !== screen) part.remove()
    screen.hidden = false
    screen.focus()
  }

  function look() {
    const left = limit - (Date.now() - last)
    if (left <= 0) return lock()
    box.hidden = left > WARNING
    if (box.hidden) return
    const minutes = Math.ceil(left / 60_000)
    const words = minutes > 1 ? said.dataset.minutes.replace('{minutes}', minutes) : said.dataset.minute
    if (said.textContent !== words) said.textContent = words // read out once a minute, not every tick
  }

  for (const kind of ['keydown', 'pointerdown', 'wheel', 'touchstart']) {
    document.addEventListener(kind, busy, { passive: true })
  }
  document.addEventListener('visibilitychange', look)
  box.querySelector('[data-idle-stay]').addEventListener('click', () => {
    told = 0
    busy()
  })
  tabs?.addEventListener('message', (event) => {
    if (event.data === 'lock') lock()
    else last = Date.now()
  })
  setInterval(look, 5000)
}
