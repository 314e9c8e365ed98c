/** A key with its value as etcd's JSON gateway writes it: texts in base64, 64-bit numbers as texts, zeros left out. */
export interface KeyValue {
  readonly key: string;
  readonly value?: string;
  readonly mod_revision: string;
  readonly lease?: string;
}

interface Header {
  readonly header: { readonly revision: string };
}

export interface RangeAnswer extends Header {
  readonly kvs?: readonly KeyValue[];
}

export interface TxnAnswer extends Header {
  readonly succeeded?: boolean;
  /** Of each request of the branch that was taken, its answer. */
  readonly responses?: readonly { readonly response_range?: { readonly kvs?: readonly KeyValue[] } }[];
}

export interface WatchMessage extends Header {
  readonly canceled?: boolean;
  readonly cancel_reason?: string;
  readonly events?: readonly { readonly type?: 'DELETE'; readonly kv: KeyValue }[];
}

export function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}

export function decoded(text: string): string {
  return Buffer.from(text, 'base64').toString();
}

/** Gives the first key after all that begin with the prefix. */
export function prefixEnd(prefix: string): string {
  return `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`;
}
