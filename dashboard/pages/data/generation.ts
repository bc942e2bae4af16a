import { signal } from '@preact/signals'

/** Bumped when everything on show may be out of date: after a gap in the stream, or a pause. Whoever fetched fetches anew. */
export const generation = signal(0)
