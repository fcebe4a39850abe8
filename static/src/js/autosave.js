// <form data-autosave="…">: every answer goes to the server as its box is left. If the line is down the
// text stays in the page and is sent again.
import { isKept, renewToken, send, token } from './typed.js'

const PAUSES = [5, 10, 20, 40, 60] // seconds between tries
const PAUSE_IN_TYPING = 4000
const savers = []

class Saver {
  constructor(form) {
    this.form = form
    this.waiting = new Set() // names of fields not on the server yet
    this.tries = 0
    this.box = form.querySelector('[data-saved]') ?? document.querySelector('[data-saved]')
    form.addEventListener('change', (event) => this.note(event.target, 0))
    form.addEventListener('input', (event) => this.note(event.target, PAUSE_IN_TYPING))
    form.addEventListener('submit', () => this.waiting.clear())
    window.addEventListener('online', () => this.run())
    document.addEventListener('visibilitychange', () => !document.hidden && this.run())
  }

  note(field, delay) {
    if (!isKept(field)) return
    this.waiting.add(field.name)
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.run(), delay)
  }

  body(name) {
    const body = new URLSearchParams({ field: name, csrfmiddlewaretoken: token(this.form) })
    for (const value of new FormData(this.form).getAll(name)) body.append('value', value)
    return body
  }

  async run() {
    if (this.running) return
    this.running = true
    clearTimeout(this.timer)
    for (let going = true; going && this.waiting.size; ) {
      const [name] = this.waiting
      this.waiting.delete(name)
      going = await this.save(name)
    }
    this.running = false
  }

  async save(name) {
    let answer
    try {
      answer = await send(this.form.dataset.autosave, this.body(name))
    } catch {
      return this.again(name)
    }
    if (answer.status >= 500) return this.again(name)
    const said = await answer.json().catch(() => ({}))
    if (!answer.ok) return this.refused(name, said.error)
    this.tries = 0
    clearTimeout(this.retry)
    this.retry = null
    this.say('saved', this.box?.dataset.saidSaved.replace('{time}', said.saved_at ?? ''))
    return true
  }

  // A sentence from the server is final. Without one the session is over, or was begun anew in another tab.
  async refused(name, sentence) {
    if (!sentence && !this.renewed && (this.renewed = await renewToken())) {
      const done = await this.save(name)
      this.renewed = false
      return done
    }
    this.renewed = false
    if (!sentence) this.waiting.add(name)
    this.say('waiting', sentence || this.box?.dataset.saidRefused)
    return Boolean(sentence)
  }

  again(name) {
    this.waiting.add(name)
    this.say('waiting', this.box?.dataset.saidWaiting)
    clearTimeout(this.retry)
    const pause = PAUSES[Math.min(this.tries++, PAUSES.length - 1)]
    this.retry = setTimeout(() => {
      this.retry = null
      this.run()
    }, pause * 1000)
    return false
  }

  flush() {
    for (const name of this.waiting) send(this.form.dataset.autosave, this.body(name)).catch(() => {})
    this.waiting.clear()
  }

  say(state, words) {
    if (!this.box || !words) return
    this.box.dataset.state = state
    this.box.textContent = words
  }
}

export function startAutosave() {
  for (const form of document.querySelectorAll('form[data-autosave]')) savers.push(new Saver(form))
  window.addEventListener('pagehide', flushAll)
}

// The box that is being typed in has not been left yet: it counts, too.
export function flushAll() {
  for (const saver of savers) saver.flush()
}
