// After a quarter of an hour without a key or a touch the page hides itself and the session ends. Two
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
    document.body.classList.add('k-locked')
    const screen = document.querySelector('[data-locked]')
    screen.hidden = false
    screen.focus()
    try {
      await send(box.dataset.lock, form ? typed(form) : key())
    } catch {
      return // no connection: the page stays hidden, and its text stays in memory
    }
    const next = encodeURIComponent(location.pathname + location.search)
    location.replace(`${box.dataset.signIn}?${form ? 'kept' : 'locked'}=1&next=${next}`)
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
