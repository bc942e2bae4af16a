import type { JSX } from 'preact'
import type { DeviceCreated } from '../data/types.ts'
import { Icon } from '../design/icon.tsx'
import { Copyable } from './copyable.tsx'
import { Snippets } from './snippets.tsx'

/** The secret, this once; only its hash is kept. */
export function Secret({ given }: { given: DeviceCreated }): JSX.Element {
  return (
    <>
      <div class="notice amber">
        <Icon name="key" />
        <strong>Copy the secret now</strong>
        <p class="soft">Only its hash is kept: it cannot be shown again.</p>
      </div>
      <Copyable label="Secret" text={given.secret} />
      <Snippets items={given.snippets} />
    </>
  )
}
