import type { DeviceAuthentication } from '../../city/index.ts'
import type { Parcel, ParcelKept } from '../../ingest/wire/index.ts'
import type { LoginFailures, RefusedLogin } from '../login-failures.ts'
import type { BrokerOptions } from '../options.ts'
import type { BrokerStats } from '../stats.ts'

/** What the thread is started with: the options that are not functions. */
export type Start = Pick<BrokerOptions, 'host' | 'port' | 'tls' | 'anonymous' | 'limits'> & {
  readonly logLevel: string
  /** Where it takes WebSocket upgrades: a socket of the file system, or a named pipe. */
  readonly upgradePath: string
  /** Whether a client certificate may log a device in. */
  readonly certificates: boolean
}

/** What the thread asks of the main one, or reports to it. */
export type Report =
  | { readonly kind: 'parcel'; readonly id: number; readonly parcel: Parcel }
  | { readonly kind: 'authenticate'; readonly id: number; readonly device: string; readonly secret: string | undefined }
  | { readonly kind: 'status'; readonly device: string; readonly payload: string }
  | { readonly kind: 'refused'; readonly login: RefusedLogin }
  | { readonly kind: 'log'; readonly line: string }

/** From the thread that talks to devices. The first is `ready` or `refusal`; only log lines may come before it. */
export type FromThread =
  | Report
  | { readonly kind: 'ready'; readonly port: number; readonly tlsPort: number | undefined }
  | { readonly kind: 'refusal'; readonly code: string; readonly message: string }
  | { readonly kind: 'connected'; readonly device: string; readonly isConnected: boolean }
  | { readonly kind: 'stats'; readonly stats: BrokerStats; readonly failures: readonly LoginFailures[] }
  | { readonly kind: 'closed' }

/** To it. */
export type ToThread =
  | { readonly kind: 'kept'; readonly id: number; readonly kept: ParcelKept }
  | { readonly kind: 'notKept'; readonly id: number; readonly reason: string }
  | { readonly kind: 'authenticated'; readonly id: number; readonly answer: DeviceAuthentication }
  | {
      readonly kind: 'publish'
      readonly topic: string
      readonly payload: string | Uint8Array
      readonly retain: boolean
    }
  | { readonly kind: 'disconnect'; readonly device: string }
  | { readonly kind: 'close' }

/** The header that says on whose behalf an upgrade is passed on. */
export const peerHeader = 'x-lengthsman-peer'
