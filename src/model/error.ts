import { usualHints } from './usual-hints.js';

/** Every code a `PortsideError` can carry; the table in `docs/errors.md` explains each one. */
export type ErrorCode =
  | 'AGENT_FAILED'
  | 'BROADCAST_FAILED'
  | 'BROADCAST_INVALID'
  | 'CLIENT_MISSING'
  | 'COMMAND_NOT_STARTED'
  | 'COMPOSE_CYCLE'
  | 'COMPOSE_FILE_NOT_FOUND'
  | 'COMPOSE_INTERPOLATION'
  | 'COMPOSE_INVALID'
  | 'COMPOSE_REFERENCE'
  | 'COMPOSE_SYNTAX'
  | 'COMPOSE_UNKNOWN_KEY'
  | 'COMPOSE_UNSUPPORTED'
  | 'CONFIG_INVALID'
  | 'DISCOVERY_FAILED'
  | 'DISCOVERY_TIMEOUT'
  | 'DISCOVERY_UNKNOWN_SERVICE'
  | 'DOCKER_PLUGIN_FAILED'
  | 'ENGINE_FAILED'
  | 'ENGINE_UNREACHABLE'
  | 'ENVIRONMENT_STOPPED'
  | 'FIXTURE_UNAVAILABLE'
  | 'IMAGE_BUILD_FAILED'
  | 'IMAGE_UNAVAILABLE'
  | 'INTERNAL'
  | 'INTERRUPTED'
  | 'LEASE_FAILED'
  | 'LEASE_TIMEOUT'
  | 'LEASE_UNKNOWN'
  | 'LEASE_UNSUPPORTED'
  | 'MIGRATION_FAILED'
  | 'NO_ENVIRONMENT'
  | 'NO_RUNTIME'
  | 'PORT_RATE_LIMITED'
  | 'PORT_UNAVAILABLE'
  | 'REGISTRY_CONFLICT'
  | 'REGISTRY_INVALID'
  | 'REGISTRY_RATE_LIMITED'
  | 'REGISTRY_UNAUTHORIZED'
  | 'REGISTRY_UNREACHABLE'
  | 'SERVICE_EXITED'
  | 'SERVICE_NOT_READY'
  | 'SERVICE_START_FAILED'
  | 'STATE_FOLDER_UNSAFE'
  | 'TYPES_FILE_FAILED'
  | 'USAGE';

/** Where in a file an error or warning was found; line and column count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** What a `PortsideError` is made from besides its code and message. */
export interface ErrorDetails {
  readonly hint?: string;
  readonly service?: string;
  readonly position?: SourcePosition;
  readonly cause?: unknown;
  /** The failures behind this one, where there are several. */
  readonly errors?: readonly PortsideError[];
  /** The last lines that the failed program printed. */
  readonly logs?: readonly string[];
}

/** A `PortsideError` as plain JSON: how it crosses the agent's socket and how `--json` prints it. */
export interface ErrorJson {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly service?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly logs?: readonly string[];
  readonly errors?: readonly ErrorJson[];
}

const brand = Symbol.for('portside.error');

/** The one error class: a stable code, a message that says what could not be done and why, a hint that says what to do. */
export class PortsideError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly service: string | undefined;
  readonly position: SourcePosition | undefined;
  readonly errors: readonly PortsideError[];
  readonly logs: readonly string[];
  readonly [brand] = true;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'PortsideError';
    this.code = code;
    this.hint = details.hint ?? usualHints[code];
    this.service = details.service;
    this.position = details.position;
    this.errors = details.errors ?? [];
    this.logs = details.logs ?? [];
  }

  /** Tells a `PortsideError` from other errors, also across two copies of this package. */
  static is(value: unknown): value is PortsideError {
    return typeof value === 'object' && value !== null && brand in value;
  }

  /** Makes the error from its JSON form. */
  static fromJSON(json: ErrorJson): PortsideError {
    return new PortsideError(json.code, json.message, {
      ...(json.hint === undefined ? {} : { hint: json.hint }),
      ...(json.service === undefined ? {} : { service: json.service }),
      ...(json.file === undefined ? {} : { position: positionOf(json.file, json.line, json.column) }),
      ...(json.logs === undefined ? {} : { logs: json.logs }),
      ...(json.errors === undefined ? {} : { errors: json.errors.map(PortsideError.fromJSON) }),
    });
  }

  toJSON(): ErrorJson {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.service === undefined ? {} : { service: this.service }),
      ...(this.position === undefined ? {} : this.position),
      ...(this.logs.length === 0 ? {} : { logs: this.logs }),
      ...(this.errors.length === 0 ? {} : { errors: this.errors.map((error) => error.toJSON()) }),
    };
  }
}

function positionOf(file: string, line?: number, column?: number): SourcePosition {
  return { file, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
}
