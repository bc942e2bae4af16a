import type { ComponentChildren, JSX } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from './icon.tsx'

/**
 * The browser's own modal dialog: it keeps the focus inside, closes on Escape and gives the focus back. The whole is one
 * form, so that Enter does what the main button says.
 */
export function Dialog(props: {
  title: string
  onClose: () => void
  onSubmit?: () => void
  footer?: ComponentChildren
  children: ComponentChildren
}): JSX.Element {
  const element = useRef<HTMLDialogElement>(null)
  const titleId = useId()

  // Before anything is painted: a key pressed at once is already the dialog's.
  useLayoutEffect(() => {
    const dialog = element.current
    if (!dialog || dialog.open) return
    dialog.showModal()
    // Into the form rather than onto its Close button; on a phone not into a text box, whose keyboard would hide the form.
    const coarse = matchMedia('(pointer: coarse)').matches
    const first = dialog.querySelector<HTMLElement>(coarse ? '[autofocus]' : '[autofocus], .body input, .body textarea')
    ;(first ?? dialog).focus()
    // Taken out of the page while open, it would not give the focus back.
    return () => dialog.close()
  }, [])

  const onBackdrop = (event: MouseEvent) => {
    if (event.target === element.current) props.onClose()
  }
  const onSubmit = (event: Event) => {
    event.preventDefault()
    props.onSubmit?.()
    // On a phone what is wrong may be out of sight: the focus goes there, once it has been drawn.
    requestAnimationFrame(() => {
      element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
      element.current?.querySelector('.fault')?.scrollIntoView({ block: 'nearest' })
    })
  }

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the backdrop is for the mouse; Escape closes by keyboard
    <dialog
      ref={element}
      class="dialog"
      tabIndex={-1}
      aria-labelledby={titleId}
      onClick={onBackdrop}
      onCancel={(event) => {
        event.preventDefault()
        props.onClose()
      }}
    >
      <form class="frame" method="dialog" noValidate onSubmit={onSubmit}>
        <header>
          <h2 id={titleId}>{props.title}</h2>
          <button type="button" class="button plain icon" aria-label="Close" onClick={props.onClose}>
            <Icon name="close" />
          </button>
        </header>
        <div class="body">{props.children}</div>
        {props.footer ? <footer>{props.footer}</footer> : null}
      </form>
    </dialog>
  )
}
