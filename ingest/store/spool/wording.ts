import type { SpoolState } from '../reading-store.ts'

/** What a person who looks at the health of the store should know of the spool; nothing when all is well. */
export function spoolSentences(
  state: SpoolState,
  aside: number,
  trouble: string | undefined,
  fileTrouble: string | undefined,
): readonly string[] {
  const sentences: string[] = []
  if (state.batches > 0) {
    const why = trouble === undefined ? 'being sent on' : `kept here until the store takes them: ${trouble}`
    sentences.push(
      `${state.readings} readings wait in the spool (${roomOf(state)}, the oldest for ${state.oldestAgeSeconds} s), ${why}`,
    )
  }
  if (fileTrouble !== undefined) sentences.push(fileTrouble)
  if (aside > 0)
    sentences.push(
      `${aside} readings that the store did not take are set aside; they are tried again at the next start`,
    )
  return sentences
}

/** `12 of 2048 MB` */
export function roomOf({ bytes, bytesMax }: Pick<SpoolState, 'bytes' | 'bytesMax'>): string {
  return `${megabytes(bytes)} of ${megabytes(bytesMax)} MB`
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)
}
