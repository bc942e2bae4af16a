import { render } from 'preact'
import { App } from './app.tsx'
import { startClock } from './data/clock.ts'
import { startLatest } from './data/latest.ts'
import { startStream } from './data/stream.ts'
import { startTheme } from './data/theme.ts'
import { startTown } from './data/town.ts'
import './design/tokens.css'
import './design/base.css'
import './design/controls.css'
import './design/pieces.css'
import './design/overlays.css'
import { startRouter } from './routing/router.ts'

startTheme()
startClock()
startRouter()
startLatest()
startTown()
startStream()

const root = document.getElementById('app')
if (root) render(<App />, root)
