/** Reason codes of MQTT 5 (section 2.4) that this broker sends or acts on. */
export const reason = {
  success: 0x00,
  disconnectWithWill: 0x04,
  noSubscriptionExisted: 0x11,
  unspecified: 0x80,
  malformedPacket: 0x81,
  protocolError: 0x82,
  implementationSpecific: 0x83,
  unsupportedVersion: 0x84,
  clientIdentifierNotValid: 0x85,
  badUserNameOrPassword: 0x86,
  notAuthorized: 0x87,
  serverUnavailable: 0x88,
  shuttingDown: 0x8b,
  badAuthenticationMethod: 0x8c,
  keepAliveTimeout: 0x8d,
  sessionTakenOver: 0x8e,
  topicFilterInvalid: 0x8f,
  topicNameInvalid: 0x90,
  receiveMaximumExceeded: 0x93,
  topicAliasInvalid: 0x94,
  packetTooLarge: 0x95,
  quotaExceeded: 0x97,
  administrativeAction: 0x98,
  payloadFormatInvalid: 0x99,
  sharedSubscriptionsNotSupported: 0x9e,
} as const
export type Reason = (typeof reason)[keyof typeof reason]

/** Why a packet, and with it the connection, is refused. `clause` is the rule of MQTT 5 it breaks, where one is. */
export type Fault = { readonly fault: Reason; readonly detail: string; readonly clause?: string }

export function faultOf(code: Reason, detail: string, clause?: string): Fault {
  return clause === undefined ? { fault: code, detail } : { fault: code, detail, clause }
}

export function malformed(detail: string, clause?: string): Fault {
  return faultOf(reason.malformedPacket, detail, clause)
}

export function protocolError(detail: string, clause?: string): Fault {
  return faultOf(reason.protocolError, detail, clause)
}
