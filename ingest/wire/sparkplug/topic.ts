export const sparkplugPrefix = 'spBv1.0/'

const messageTypes = ['NBIRTH', 'NDEATH', 'NDATA', 'NCMD', 'DBIRTH', 'DDEATH', 'DDATA', 'DCMD'] as const
export type MessageType = (typeof messageTypes)[number]

export type SparkplugTopic =
  | {
      readonly kind: 'message'
      readonly type: MessageType
      readonly group: string
      readonly node: string
      /** Empty for what an edge node says of itself. */
      readonly device: string
    }
  | { readonly kind: 'state' }
  | { readonly kind: 'wrong'; readonly detail: string }

const expected = 'expected spBv1.0/{group}/{type}/{node}[/{device}]'

/** Sparkplug 3.0, section 4.1. `spBv1.0/STATE/{host}` is a host application's. */
export function readSparkplugTopic(topic: string): SparkplugTopic {
  const [, group = '', given = '', node = '', device, ...rest] = topic.split('/', 6)
  if (group === 'STATE' && given !== '' && node === '') return { kind: 'state' }
  const type = messageTypes.find((known) => known === given)
  if (type === undefined)
    return { kind: 'wrong', detail: `${expected}: there is no message type "${given.slice(0, 32)}"` }
  const isOfDevice = type.startsWith('D')
  if (group === '' || node === '' || rest.length > 0) return { kind: 'wrong', detail: expected }
  if (isOfDevice !== (device !== undefined && device !== ''))
    return { kind: 'wrong', detail: `${expected}: ${type} ${isOfDevice ? 'names' : 'names no'} device` }
  return { kind: 'message', type, group, node, device: device ?? '' }
}
